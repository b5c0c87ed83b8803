"""Shapes of what is sent to the pulse."""

from __future__ import annotations

from datetime import date, timedelta

from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, ValidationError

from portal.core import clock
from portal.core.i18n import N_
from portal.web.forms import Form, GuardedForm
from portal.web.i18n import _

NOTE_LONGEST = 500
MARK_LONGEST = 60
OLDEST_MARK = timedelta(weeks=52)
CHOOSE = N_("Choose the face that fits best.")


class AnswerForm(GuardedForm):
    """A face, perhaps with something that wears on one."""

    face = HiddenField(
        validators=[InputRequired(CHOOSE), AnyOf([str(number) for number in range(1, 6)], message=CHOOSE)]
    )
    note = TextAreaField(N_("Without a name"), [Length(max=NOTE_LONGEST)])


class TakingBackForm(Form):
    """One press."""


class AnnotationForm(GuardedForm):
    """A day and a few words."""

    day = DateField(N_("Day"), [InputRequired()])
    words = StringField(N_("What was it?"), [InputRequired(N_("Write a few words first.")), Length(max=MARK_LONGEST)])

    def validate_day(self, field: DateField) -> None:
        """Refuse days that cannot stand on the chart."""
        today: date = clock.today()
        if field.data and not today - OLDEST_MARK <= field.data <= today:
            raise ValidationError(_("Choose a day of the last year, today at the latest."))
