"""Shapes of what a person chooses about notices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any

from wtforms import BooleanField, Field, RadioField, SelectChoice, SelectMultipleField, TimeField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.blueprints.notifications.ports import Delivery, Group
from portal.blueprints.notifications.rules import Quiet
from portal.core.i18n import N_
from portal.web.forms import Form
from portal.web.i18n import _

DELIVERIES = {
    Delivery.AT_ONCE: N_("At once"),
    Delivery.DAILY: N_("Once a day, in the morning"),
    Delivery.NEVER: N_("Never"),
}
WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
USUAL = Quiet(starts=time(17), ends=time(8), weekdays=frozenset(range(7)))  # a proposal, until somebody wants it
PREFIX = "group_"


class ChoicesForm(Form):
    """Quiet hours, and below it one choice for each group of notices: choices_form() adds those."""

    is_quiet = BooleanField()
    starts = TimeField(validators=[Optional()])
    ends = TimeField(validators=[Optional()])
    weekdays = SelectMultipleField(coerce=int, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for both ends of the quiet hours, if they are wanted."""
        is_valid = bool(super().validate(extra_validators))
        for field in (self.starts, self.ends):
            if self.is_quiet.data and field.data is None and not field.errors:
                field.errors = [*field.errors, _("Write a time, such as 20:00.")]
                is_valid = False
        return is_valid

    def groups(self) -> Sequence[Field]:
        """Give the choices of the groups."""
        return [field for field in self if field.name.startswith(PREFIX)]

    def deliveries(self) -> dict[str, Delivery]:
        """Give what was chosen, by the name of the group."""
        return {field.name.removeprefix(PREFIX): Delivery(field.data) for field in self.groups()}


def choices_form(choices: Sequence[tuple[Group, Delivery]], quiet: Quiet | None) -> ChoicesForm:
    """Make the form for the groups that there are."""
    known = [SelectChoice(delivery.value, _(label)) for delivery, label in DELIVERIES.items()]
    fields = {
        PREFIX + group.name: RadioField(
            _(group.label),
            choices=known,
            default=delivery.value,
            validators=[InputRequired(N_("Choose one of these."))],
        )
        for group, delivery in choices
    }
    form: ChoicesForm = type("ChoicesOfAll", (ChoicesForm,), fields)(
        is_quiet=quiet is not None,
        starts=(quiet or USUAL).starts,
        ends=(quiet or USUAL).ends,
        weekdays=sorted((quiet or USUAL).weekdays),
    )
    form.weekdays.choices = [SelectChoice(str(number), _(label)) for number, label in enumerate(WEEKDAYS)]
    return form
