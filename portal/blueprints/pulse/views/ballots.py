"""One's own slip in the open round. Only here and in the jobs do a person and a slip meet, by the round's key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import escape

from portal.blueprints.pulse import queries, service
from portal.core.errors import Conflict
from portal.core.i18n import N_
from portal.core.sealing import Unreadable
from portal.core.viewer import Viewer

LONGEST_ON_PAGE = 6 * service.LONGEST_NOTE  # bytes: no sign takes more as HTML


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """What the page needs: whether there is a round, whether one is asked, and what one has answered oneself."""

    closes_at: datetime | None = None
    is_asked: bool = False
    is_lost: bool = False
    value: int = service.NO_ANSWER
    note: str = ""

    @property
    def filling(self) -> str:
        """Fill the page up, so that its length says nothing of one's own slip to whoever watches the line."""
        return "." * (LONGEST_ON_PAGE - len(escape(self.note).encode()) + bool(self.value))


def ballot_of(person: Viewer) -> Ballot:
    """Read somebody's own slip; the same work is done whatever stands on it."""
    found = queries.current_round()
    if found is None:
        return Ballot()
    try:
        mine = service.my_answer(found.id, service.token(found.id, person.id))
    except Unreadable:
        return Ballot(closes_at=found.closes_at, is_lost=True)
    return Ballot(closes_at=found.closes_at, is_asked=mine.is_asked, value=mine.value, note=mine.note)


def answer(person: Viewer, *, value: int, note: str) -> None:
    """Put somebody's answer into the box."""
    round_id = _open_round_id()
    service.answer(round_id, service.token(round_id, person.id), value=value, note=note)


def take_back(person: Viewer) -> None:
    """Take somebody's answer out again."""
    round_id = _open_round_id()
    service.take_back(round_id, service.token(round_id, person.id))


def _open_round_id() -> int:
    found = queries.current_round()
    if found is None:
        raise Conflict(N_("This week's round is closed. What was answered is being counted."))
    return found.id
