"""Shapes of what people send about films and seats."""

from __future__ import annotations

from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.blueprints.cinema.models.polls import LINK, PLACE, TITLE
from portal.blueprints.cinema.models.tickets import PHONE
from portal.blueprints.cinema.service.ballots import LONGEST, SHORTEST
from portal.core.i18n import N_
from portal.web.forms import Form, GuardedForm


class PollForm(GuardedForm):
    """A poll: what it is called and when it ends."""

    title = StringField(N_("Title"), [InputRequired(N_("Give it a title.")), Length(max=TITLE)])
    day = DateField(N_("Ends on"), [InputRequired(N_("Choose a day."))])
    at = TimeField(N_("Ends at"), [InputRequired(N_("Choose a time."))])


class NewPollForm(PollForm):
    """A poll, and the night it is for."""

    evening_id = SelectField(N_("Which night is it for?"), coerce=int)


class ShowingForm(GuardedForm):
    """A film at a time."""

    film = StringField(N_("Film"), [InputRequired(N_("Which film is it?")), Length(max=TITLE)])
    link = StringField(N_("Address of a page about it"), [Length(max=LINK)])
    place = StringField(N_("Which cinema?"), [Length(max=PLACE)])
    day = DateField(N_("Day"), [InputRequired(N_("Choose a day."))])
    starts = TimeField(N_("Begins at"), [InputRequired(N_("Choose when it begins."))])
    minutes = IntegerField(
        N_("Lasts, in minutes"),
        [
            InputRequired(N_("Choose how long it lasts.")),
            NumberRange(min=SHORTEST, max=LONGEST, message=N_("It lasts from 30 minutes to 6 hours.")),
        ],
    )
    price = StringField(N_("Price in kroner"), [Optional(), Length(max=20)])


class OrderForm(Form):
    """What the seats have cost, and where to pay it back."""

    amount = StringField(
        N_("Price in kroner"), [InputRequired(N_("Write the price as kroner, such as 149 or 149,50.")), Length(max=20)]
    )
    how = RadioField(N_("What is that the price of?"))
    phone = StringField(N_("Phone number to pay to"), [InputRequired(N_("Write a phone number.")), Length(max=PHONE)])
