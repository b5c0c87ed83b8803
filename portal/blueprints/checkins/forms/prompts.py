"""When one wants to be asked how one is."""

from __future__ import annotations

from wtforms import SelectField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.blueprints.checkins.rules.prompts import Choice
from portal.core.i18n import N_
from portal.web.forms import Form
from portal.web.i18n import _

DAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)


class PromptForm(Form):
    """A day and a time, or never."""

    weekday = SelectField(
        N_("Which day?"), coerce=lambda value: int(value) if value not in (None, "", "None") else None
    )
    at = TimeField(N_("What time?"), [InputRequired(N_("Choose a time."))])

    def offer(self) -> None:
        """Put the choices into the reader's words."""
        days = [SelectChoice(str(day), _(label)) for day, label in enumerate(DAYS)]
        self.weekday.choices = [SelectChoice("", _("Never")), *days]

    @property
    def choice(self) -> Choice:
        """Give what was chosen."""
        return Choice(weekday=self.weekday.data, at=self.at.data)
