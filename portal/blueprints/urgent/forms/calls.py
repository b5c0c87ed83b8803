"""Shapes of a call for help, of what solved it, and of how one wants to be rung."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import RangeInput

from portal.blueprints.urgent.rules.calls import LONGEST_SOLUTION, LONGEST_TEXT, TalkBy
from portal.core.errors import PortalError
from portal.core.i18n import N_
from portal.web.forms import Form, GuardedForm

SOUNDS = {
    "glass": N_("Glass bells"),
    "wood": N_("Wooden bars"),
    "water": N_("Drops of water"),
    "none": N_("No sound"),
}
WAYS = {TalkBy.TEAMS: N_("Teams"), TalkBy.PHONE: N_("Phone")}


class RaiseForm(GuardedForm):
    """One line, and perhaps the system that it is about."""

    line = StringField(
        N_("One sentence is enough: what are you stuck on?"),
        [InputRequired(N_("Write in one sentence what you are stuck on.")), Length(max=LONGEST_TEXT)],
    )
    tag = StringField(N_("What is it about?"), [Optional(), Length(max=60)])
    key = HiddenField(validators=[Length(max=40)])

    def refuse(self, error: PortalError) -> None:
        """Show a refusal at the line, which a call has as its text."""
        error.field = "line" if error.field == "text" else error.field
        super().refuse(error)


class SolutionForm(GuardedForm):
    """What solved it."""

    solution = TextAreaField(
        N_("What solved it?"),
        [InputRequired(N_("Write what solved it.")), Length(max=LONGEST_SOLUTION)],
    )


class ChoiceForm(Form):
    """How one wants to be rung, and to be spoken with."""

    sound = RadioField(N_("Which sound?"))
    loudness = IntegerField(
        N_("How loud?"), [InputRequired(), NumberRange(min=0, max=100)], widget=RangeInput(step=5), default=60
    )
    notifies = BooleanField(N_("Show a notice of the browser when I look at something else"))
    talk_by = RadioField(N_("How do you like to be spoken with?"))
    extension = StringField(
        N_("Phone number or extension"),
        [Optional(), Length(max=20)],
    )
