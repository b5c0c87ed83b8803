"""Shapes of what people send about games."""

from __future__ import annotations

from wtforms import BooleanField, FileField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.blueprints.games.rules import shelf
from portal.blueprints.games.rules.shelf import Entry
from portal.core.i18n import N_
from portal.web.forms import Form, GuardedForm

HOW_MANY = InputRequired(N_("Choose how many."))
PLAYERS = NumberRange(min=1, max=shelf.MOST_PLAYERS, message=N_("Choose a number from 1 to 99."))
MINUTES = NumberRange(min=1, max=shelf.LONGEST_MINUTES, message=N_("Choose a number from 1 to 1440."))


class GameForm(GuardedForm):
    """A game on the shelf."""

    name = StringField(N_("Name of the game"), [InputRequired(N_("Give the game its name.")), Length(max=shelf.NAME)])
    players_min = IntegerField(N_("Fewest players"), [HOW_MANY, PLAYERS])
    players_max = IntegerField(N_("Most players"), [HOW_MANY, PLAYERS])
    players_best = IntegerField(N_("Best with"), [Optional(), PLAYERS])
    minutes = IntegerField(N_("Lasts, in minutes"), [Optional(), MINUTES])
    language = StringField(N_("Language of the game"), [Length(max=shelf.LANGUAGE)])
    rules_url = StringField(N_("Address of the rules"), [Length(max=shelf.ADDRESS)])
    notes = TextAreaField(N_("Note"), [Length(max=shelf.NOTES)])
    can_teach = BooleanField(N_("I can teach it to others"))
    is_common = BooleanField(N_("It stands at work, for all"))
    evening = HiddenField(validators=[Length(max=10)])

    @property
    def entry(self) -> Entry:
        """Give what is written of the game."""
        return Entry(
            name=self.text("name"),
            players_min=self.players_min.data,
            players_max=self.players_max.data,
            players_best=self.players_best.data,
            minutes=self.minutes.data,
            language=self.text("language"),
            rules_url=self.text("rules_url"),
            notes=self.text("notes"),
        )

    @property
    def evening_id(self) -> int | None:
        """Give the evening that the game is to be brought to at once, if there is one."""
        written = self.evening.data or ""
        return int(written) if written.isascii() and written.isdigit() else None


class UploadForm(Form):
    """A list of games that is sent in; the file itself is read by the view."""

    file = FileField(N_("File"))


class TakeForm(Form):
    """What one has looked at, sealed."""

    sealed = HiddenField(validators=[InputRequired()])
