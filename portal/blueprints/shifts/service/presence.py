"""Who has a page open. Each process tells the whole set of its own, again and again; nothing is kept for an hour."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from portal.blueprints.people.models import Person
from portal.blueprints.shifts import queries
from portal.blueprints.shifts.facts import CameOnline
from portal.blueprints.shifts.models import Presence
from portal.core import clock, live
from portal.core.db import db, is_sqlite
from portal.core.facts import record

FORGOTTEN_AFTER = timedelta(hours=1)


def note(process: str, person_ids: Collection[int]) -> None:
    """Note the whole set of those who have a page open in one process; whoever is not in it has none there."""
    before = queries.present()
    here = _known(person_ids)
    gone = delete(Presence).where(Presence.process == process, Presence.person_id.not_in(here))
    left = db.session.scalars(gone.returning(Presence.person_id)).all()
    if here:
        _write(process, here)
    came = here - before
    if came or set(left) & before:
        live.publish("shifts")
    for person_id in sorted(came):
        record(CameOnline(person_id=person_id))


def _known(person_ids: Collection[int]) -> set[int]:
    # A person may have left while their page was open: their row would refer to nobody.
    known = select(Person.id).where(Person.id.in_(person_ids), Person.is_active)
    return set(db.session.scalars(known)) if person_ids else set()


def _write(process: str, person_ids: Collection[int]) -> None:
    moment = clock.now()
    rows: list[dict[str, Any]] = [
        {"process": process, "person_id": person_id, "seen_at": moment} for person_id in sorted(person_ids)
    ]
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(Presence).values(rows)
    key = [Presence.process, Presence.person_id]
    db.session.execute(insert.on_conflict_do_update(index_elements=key, set_={"seen_at": insert.excluded.seen_at}))


def forget() -> int:
    """Delete what is older than an hour; give how many rows that were."""
    old = delete(Presence).where(Presence.seen_at < clock.now() - FORGOTTEN_AFTER)
    return len(db.session.scalars(old.returning(Presence.person_id)).all())
