"""Holding a talk while it is changed, so that of all who say yes in the same moment one is there."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from portal.blueprints.talks import rules
from portal.blueprints.talks.models import Talk, TalkTold
from portal.blueprints.talks.queries import talks as reading
from portal.blueprints.talks.rules import Act, State
from portal.core import live
from portal.core.db import db
from portal.core.errors import NotAllowed, NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer

NOT_YOURS = N_("That is for the other one to say.")


def lock(talk_id: str) -> Talk | None:
    """Give a talk as it is now, and let nobody change it meanwhile."""
    wanted = select(Talk).where(Talk.id == talk_id).with_for_update(of=Talk)
    return db.session.scalar(wanted, execution_options={"populate_existing": True})


def get(viewer: Viewer, talk_id: str, act: Act) -> Talk:
    """Give a talk that the viewer may do this with, locked."""
    talk = lock(talk_id)
    if talk is None:
        raise NotFound(reading.GONE)
    if not rules.may(act, State(talk.state), reading.get_part(viewer, talk)):
        raise NotAllowed(NOT_YOURS)
    return talk


def told(talk: Talk) -> list[TalkTold]:
    """Give the peer supporters who have been told of a talk, in a fixed order."""
    rows = select(TalkTold).where(TalkTold.talk_id == talk.id).order_by(TalkTold.told_at, TalkTold.person_id)
    return list(db.session.scalars(rows, execution_options={"populate_existing": True}))


def tell_pages(talk: Talk, *others: int) -> None:
    """Let the open pages of those around a talk look again. Each has a name of their own, which joins no two."""
    those: Iterable[int | None] = (talk.asker_id, talk.helper_id, *others)
    live.publish_all(f"talks-{person_id}" for person_id in sorted({each for each in those if each}))
