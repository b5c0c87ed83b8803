"""What talks add to the front of the breathing space."""

from __future__ import annotations

from markupsafe import Markup

from portal.blueprints.talks.queries import talks as reading
from portal.web.auth import viewer
from portal.web.parts import part_of
from portal.web.templating import piece


@part_of("breathing.main", order=5)
def my_talks() -> Markup | None:
    """Show the talks that one is in, where there are any."""
    lines = reading.lines(viewer())
    return piece("talks/_my_talks.html", lines=lines) if lines else None


@part_of("breathing.side", order=10)
def need_a_talk() -> Markup:
    """Lead to a talk, and to what helps after a hard call."""
    return piece("talks/_need.html")
