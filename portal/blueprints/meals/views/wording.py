"""Words for diets, in the reader's language."""

from __future__ import annotations

from wtforms.fields.choices import SelectChoice

from portal.blueprints.meals.forms import DIETS, NeedsForm
from portal.blueprints.meals.rules import Diet
from portal.web.i18n import _


def diet(which: Diet) -> str:
    """Name a diet."""
    return _(DIETS[which])


def offer_diets(form: NeedsForm) -> None:
    """Put the diets into the reader's language."""
    form.diets.choices = [SelectChoice(str(which), _(label)) for which, label in DIETS.items()]
