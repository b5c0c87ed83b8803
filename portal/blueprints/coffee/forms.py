"""Shapes of what those who like coffee with a colleague send."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.blueprints.coffee.rules.times import Rhythm
from portal.core.i18n import N_
from portal.web.forms import Form
from portal.web.i18n import _

RHYTHMS = {Rhythm.WEEKLY: N_("Every week"), Rhythm.MONTHLY: N_("Once a month")}
DAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
BREAKS = {"2": N_("Two weeks"), "4": N_("Four weeks"), "12": N_("Twelve weeks"), "": N_("Until I come back")}


def number(value: Any) -> int | None:
    """Read a number of a list; its empty choice is none."""
    return int(value) if value not in (None, "", "None") else None


class TakingPartForm(Form):
    """How often, and on which day gladly."""

    rhythm = RadioField(N_("How often?"), [InputRequired(N_("Choose how often."))])
    weekday = SelectField(N_("Which day suits best?"), coerce=number)

    def offer(self) -> None:
        """Put the choices into the reader's words."""
        self.rhythm.choices = [SelectChoice(rhythm.value, _(label)) for rhythm, label in RHYTHMS.items()]
        days = [SelectChoice(str(day), _(label)) for day, label in enumerate(DAYS)]
        self.weekday.choices = [SelectChoice("", _("Any day")), *days]


class BreakForm(Form):
    """How long a break."""

    weeks = SelectField(N_("For how long?"), coerce=number)

    def offer(self) -> None:
        """Put the choices into the reader's words."""
        self.weeks.choices = [SelectChoice(weeks, _(label)) for weeks, label in BREAKS.items()]
