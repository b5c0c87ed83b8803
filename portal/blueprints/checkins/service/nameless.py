"""Saying how one is to the team without a name: into the pulse's ballot box, and nowhere else.

Nothing is written here, no throttle and no key of a form: a row with a person and a moment would say who was at the
box, and when.
"""

from __future__ import annotations

from portal.blueprints.checkins.rules.faces import NAMELESS_LONGEST, Face
from portal.blueprints.checkins.service import keeping
from portal.blueprints.pulse import queries as rounds
from portal.blueprints.pulse import service as pulse
from portal.blueprints.pulse.queries import OpenRound
from portal.core.errors import Conflict
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def find_round(viewer: Viewer) -> OpenRound | None:
    """Find the round that the viewer can answer in now. The same work is done whether they have or not."""
    current = rounds.current_round()
    if current is None:
        return None
    mine = pulse.my_answer(current.id, pulse.token(current.id, viewer.id))
    return current if mine.is_asked else None


def say(viewer: Viewer, *, face: Face, words: str = "", accepts: bool = False) -> None:
    """Put it into the box in the place of what the viewer had there this week."""
    words = keeping.checked(words, longest=NAMELESS_LONGEST, field="words", accepts=accepts)
    current = find_round(viewer)
    if current is None:
        raise Conflict(N_("There is no round that you can answer in now. Choose somebody else to see it."))
    keeping.bound_presses(viewer)
    pulse.answer(current.id, pulse.token(current.id, viewer.id), value=face.number, note=words)
