"""A joy, perhaps with thanks."""

from __future__ import annotations

from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.blueprints.checkins.forms import colleagues as lists
from portal.blueprints.checkins.rules.joys import JOY_LONGEST
from portal.core.i18n import N_
from portal.web.forms import GuardedForm
from portal.web.i18n import _


class JoyForm(GuardedForm):
    """A joy, perhaps with thanks."""

    words = TextAreaField(
        N_("What made you glad?"), [InputRequired(N_("Write a few words first.")), Length(max=JOY_LONGEST)]
    )
    to = SelectField(N_("Thanks to"), coerce=lists.person_id)
    key = HiddenField(validators=[Length(max=40)])

    def offer(self, colleagues: dict[int, str]) -> None:
        """Put the choices into the reader's words."""
        self.to.choices = [SelectChoice("", _("Nobody in particular")), *lists.people(colleagues)]
