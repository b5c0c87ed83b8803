"""Shapes of what people send about evenings. The choices get their words in the view, in the reader's language."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.blueprints.events.models.evenings import PLACE, TEXT, TITLE, Kind
from portal.blueprints.events.models.proposals import TIMING, WHY, WORD
from portal.blueprints.events.models.recaps import ALT, RECAP
from portal.blueprints.events.models.signups import NOTE, ShownAs
from portal.blueprints.events.rules.recurrence import LAST, LONGEST_INTERVAL, MOST_OCCURRENCES, Frequency
from portal.blueprints.events.rules.reminders import Reminder
from portal.blueprints.events.rules.turnout import MOST_HOURS
from portal.blueprints.events.service.wishes import MOST_SEATS
from portal.core.i18n import N_
from portal.web.forms import Form, GuardedForm

KINDS = {
    Kind.BOARD_GAMES: N_("Board games"),
    Kind.CINEMA: N_("Cinema"),
    Kind.OTHER: N_("Something else"),
}
SHOWN_AS = {
    ShownAs.NAME: N_("With my name"),
    ShownAs.SOMEONE: N_("As a colleague, without my name"),
    ShownAs.HIDDEN: N_("Not at all, only my seat is counted"),
}
FREQUENCIES = {
    Frequency.WEEKLY: N_("By the week"),
    Frequency.MONTHLY: N_("By the month"),
}
REMINDERS = {
    Reminder.DAY_BEFORE: N_("The day before"),
    Reminder.THREE_HOURS: N_("Three hours before"),
    Reminder.NEVER: N_("Not at all"),
}
NTHS = {1: N_("The first"), 2: N_("The second"), 3: N_("The third"), 4: N_("The fourth"), LAST: N_("The last")}
SEATS = NumberRange(min=1, max=MOST_SEATS, message=N_("Choose a number from 1 to 500, or leave it empty."))


class SignUpForm(GuardedForm):
    """How one is shown, whom one brings, and what the organisers should know. All may be left as they are."""

    guests = SelectField(N_("Do you bring anybody?"), coerce=int)
    shown_as = RadioField(N_("How do colleagues see you?"))
    note = StringField(N_("Anything we should know?"), [Length(max=NOTE)])


class WordsForm(GuardedForm):
    """What is written about an evening or a series."""

    title = StringField(N_("Title"), [InputRequired(N_("Give it a title.")), Length(max=TITLE)])
    details = TextAreaField(N_("What happens?"), [Length(max=TEXT)])
    place = StringField(N_("Place"), [Length(max=PLACE)])


class SizeForm(Form):
    """How many can come, and how few are too few."""

    capacity = IntegerField(N_("How many can come?"), [Optional(), SEATS])
    minimum = IntegerField(N_("How many must come, at least?"), [Optional(), SEATS])
    decide_hours = IntegerField(
        N_("Settled how many hours before?"),
        [Optional(), NumberRange(min=1, max=MOST_HOURS, message=N_("Choose from 1 to 336 hours before it begins."))],
    )


class _TimeAndRoomForm(WordsForm, SizeForm):
    """When it begins, how long it lasts, and how many there is room for."""

    starts = TimeField(N_("Begins at"), [InputRequired(N_("Choose when it begins."))])
    minutes = IntegerField(
        N_("Lasts, in minutes"),
        [
            InputRequired(N_("Choose how long it lasts.")),
            NumberRange(min=15, max=720, message=N_("It lasts from 15 minutes to 12 hours, in steps of five minutes.")),
        ],
    )
    needs_room = BooleanField(N_("Book a meeting room"))
    seats = IntegerField(N_("Seats in the room"), [Optional(), SEATS])


class EveningForm(_TimeAndRoomForm):
    """One evening. The kind is chosen when it is made."""

    day = DateField(N_("Day"), [InputRequired(N_("Choose a day."))])


class OneOffForm(EveningForm):
    """An evening that belongs to no series."""

    kind = RadioField(N_("What is it?"))


class SeriesForm(_TimeAndRoomForm):
    """Evenings that come again."""

    kind = RadioField(N_("What is it?"))
    frequency = RadioField(N_("How often?"))
    weekday = SelectField(N_("Weekday"), [InputRequired(N_("Choose a weekday."))], coerce=int)
    nth = SelectField(N_("Which one of the month?"), [InputRequired(N_("Choose which one of the month."))], coerce=int)
    interval = IntegerField(
        N_("With how many weeks or months between?"),
        [
            InputRequired(N_("Choose a number from 1 to 12.")),
            NumberRange(min=1, max=LONGEST_INTERVAL, message=N_("Choose a number from 1 to 12.")),
        ],
    )
    starts_on = DateField(N_("From"), [InputRequired(N_("Choose a day."))])
    until = DateField(N_("Until"), [Optional()])
    count = IntegerField(
        N_("How many evenings?"),
        [
            Optional(),
            NumberRange(min=1, max=MOST_OCCURRENCES, message=N_("Choose how many evenings, from 1 to 500.")),
        ],
    )
    room = SelectField(N_("Which room is asked first?"), [Optional()], coerce=int, validate_choice=False)


class ReminderForm(Form):
    """When one wants to be reminded of the evenings one comes to."""

    reminder = RadioField(N_("When would you like to be reminded?"))


class EndForm(Form):
    """The last day of a series."""

    last_on = DateField(N_("Last day"), [InputRequired(N_("Choose a day."))])


class ProposalForm(GuardedForm):
    """An evening as a colleague would like it."""

    key = HiddenField()
    kind = RadioField(N_("What is it?"))
    title = StringField(N_("What would you like?"), [InputRequired(N_("Give it a title.")), Length(max=TITLE)])
    why = TextAreaField(N_("Why would it be nice?"), [Length(max=WHY)])
    timing = StringField(N_("When, roughly?"), [Length(max=TIMING)])
    is_named = BooleanField(N_("Show my name"))


class WordForm(GuardedForm):
    """A kind word to the one who proposed something."""

    word = TextAreaField(
        N_("A kind word"), [InputRequired(N_("Write a few kind words to the one who proposed it.")), Length(max=WORD)]
    )


class RecapForm(GuardedForm):
    """A few words about an evening."""

    words = TextAreaField(N_("How was it?"), [Length(max=RECAP)])


class PictureForm(GuardedForm):
    """A picture of an evening."""

    image = FileField(N_("Picture"))
    alt = StringField(
        N_("What is to be seen?"), [InputRequired(N_("Say in a few words what is to be seen.")), Length(max=ALT)]
    )
    agreed = BooleanField(
        N_("Everybody in the picture has said yes to it being shown here"),
        [InputRequired(N_("Ask everybody in the picture first, and say that they agreed."))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.image.flags.required = True  # files come beside the form: the view asks for it


class HandoverForm(Form):
    """Who is asked to take an evening over."""

    to = SelectField(N_("Who do you ask?"), [InputRequired(N_("Choose another organiser."))], coerce=int)
    whole_series = BooleanField(N_("The rest of the series too"))
