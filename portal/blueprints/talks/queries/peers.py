"""Reading which peer supporters are on shift and available. For asking them, never for showing who they are."""

from __future__ import annotations

from sqlalchemy import select

from portal.blueprints.notifications.queries import choices
from portal.blueprints.people import queries as people
from portal.blueprints.shifts import queries as shifts
from portal.blueprints.talks.models import Talk, TalkTold
from portal.blueprints.talks.rules import Answer, Peer, State
from portal.core.db import db
from portal.core.viewer import Viewer

LISTENS = "checkins.listen"  # what peer supporters may, and nobody else
AVAILABLE = "available"


def available(*, but: int) -> list[Peer]:
    """Give the peer supporters, apart from one, who are on shift and can be disturbed: not on a call, not in quiet."""
    listening = {person.id for person in people.who_may(LISTENS)} - {but}
    if not listening:
        return []
    here = {
        each.person_id: each.is_present
        for each in shifts.at_work()
        if each.person_id in listening and each.availability == AVAILABLE and not each.takes_it_easy
    }
    quiet, asked = choices.in_quiet_time(here), _asked()
    return [
        Peer(person_id=person_id, is_present=is_present, is_asked=person_id in asked)
        for person_id, is_present in here.items()
        if person_id not in quiet
    ]


def is_anybody_free(viewer: Viewer) -> bool:
    """Tell whether there is a peer supporter who could be told now."""
    return any(not peer.is_asked for peer in available(but=viewer.id))


def is_anybody_else(viewer: Viewer) -> bool:
    """Tell whether the house has any peer supporter besides the viewer."""
    return any(person.id != viewer.id for person in people.who_may(LISTENS))


def _asked() -> set[int]:
    """Give who is told of a wish just now, or has said yes for now: one at a time is enough."""
    told = select(TalkTold.person_id).where(TalkTold.is_passed.is_(False))
    talking = select(Talk.helper_id).where(Talk.state == State.AGREED, Talk.answer == Answer.NOW)
    return {person_id for query in (told, talking) for person_id in db.session.scalars(query) if person_id}
