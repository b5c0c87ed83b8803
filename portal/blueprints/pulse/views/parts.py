"""What the pulse adds to the front page of the breathing space."""

from __future__ import annotations

from markupsafe import Markup

from portal.blueprints.pulse import queries
from portal.blueprints.pulse.rules.levels import DESK
from portal.blueprints.pulse.views import curves
from portal.blueprints.pulse.views.pages import WEEKS
from portal.web.parts import part_of
from portal.web.templating import piece


@part_of("breathing.main", order=20)
def weeks() -> Markup:
    """Show how the weeks have been for the desk, the same to everybody, whoever has answered."""
    shown = queries.publications(WEEKS)
    return piece("pulse/_weeks.html", curve=curves.curve_of(DESK, "", shown, ()))
