"""Shape of what somebody says of themselves."""

from __future__ import annotations

from wtforms import BooleanField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.i18n import N_
from portal.web.forms import Form


class SkillsForm(Form):
    """What one likes to be asked about, and what one wants to learn."""

    knows = SelectMultipleField(
        N_("I like to be asked about"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    learning = SelectMultipleField(
        N_("I want to learn more about"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    by_answers = BooleanField(N_("Ask me also about what I have answered lately"))
