"""Shapes of what is sent: whom to ask and when it suits, a buddy, being asked again, and contact cards."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from portal.blueprints.talks.rules import Suits
from portal.blueprints.talks.service.cards import Card
from portal.core.i18n import N_
from portal.web.forms import Form
from portal.web.i18n import _

PHONE = r"^\+?[0-9][0-9 ]*$"
ADDRESS = r"^[^@\s]+@[^@\s]+$"
SUITS = {
    "": N_("Any time"),
    Suits.NOW: N_("Now"),
    Suits.TODAY: N_("Today"),
    Suits.WEEK: N_("This week"),
}


def _person_id(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


def _suits(value: Any) -> Suits | None:
    return Suits(value) if value else None


def _people(colleagues: dict[int, str]) -> list[SelectChoice]:
    named = [SelectChoice(str(person_id), name) for person_id, name in colleagues.items()]
    return [SelectChoice("", _("Choose a colleague")), *named]


class AskForm(Form):
    """When it suits, if one likes to say it, and a colleague where it is one. Which button was pressed says whom."""

    suits = RadioField(N_("When would it suit you?"), [Optional()], coerce=_suits, default="")
    person = SelectField(N_("A colleague"), [Optional()], coerce=_person_id, default="")

    def offer(self, colleagues: dict[int, str]) -> None:
        """Put the choices into the reader's words."""
        self.suits.choices = [SelectChoice(value, _(label)) for value, label in SUITS.items()]
        self.person.choices = _people(colleagues)


class BuddyForm(Form):
    """Whom one would like to have as a buddy."""

    buddy = SelectField(N_("Whom would you like?"), [Optional()], coerce=_person_id, default="")

    def offer(self, colleagues: dict[int, str]) -> None:
        """Put the choices into the reader's words."""
        self.buddy.choices = _people(colleagues)


class AgainForm(Form):
    """Being asked again after a hard call: never ticked beforehand."""

    again = BooleanField(N_("Ask me again after three days, and after about a month"), default=False)


class CardForm(Form):
    """A contact card: a name, and at least one way to get in touch."""

    name = StringField(N_("Name"), [InputRequired(N_("Write who it is.")), Length(max=80)])
    what = StringField(N_("What they can help with"), [Length(max=200)])
    phone = StringField(
        N_("Phone"), [Optional(), Regexp(PHONE, message=N_("Write the number as one dials it.")), Length(max=30)]
    )
    email = StringField(
        N_("E-mail"), [Optional(), Regexp(ADDRESS, message=N_("Write a whole address.")), Length(max=200)]
    )
    link = StringField(N_("Link"), [Length(max=300)])
    hours = StringField(N_("When one can reach them"), [Length(max=120)])

    def card(self) -> Card:
        """Give what was written."""
        return Card(**{name: self[name].data or "" for name in ("name", "what", "phone", "email", "link", "hours")})
