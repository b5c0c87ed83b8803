"""Ringing screens: looking at who is at work and doing what is missing. It says the same however often it is asked."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select

from portal.blueprints.urgent.models.calls import HelpCall, Helping, Rung
from portal.blueprints.urgent.queries import desk
from portal.blueprints.urgent.rules import ring as rules
from portal.blueprints.urgent.service import telling
from portal.core import clock
from portal.core.db import db


def ring(call: HelpCall) -> None:
    """Ring the screens that should ring now, and let those be still that should not. The call is locked."""
    wanted = rules.screens(desk.colleagues(call), (clock.now() - call.rung_at).total_seconds())
    found = db.session.scalars(select(Rung).where(Rung.call_id == call.id).order_by(Rung.person_id))
    rows = {row.person_id: row for row in found}
    gone = {person_id for person_id, row in rows.items() if not row.declined and person_id not in wanted}
    changed = gone | {person_id for person_id, is_silent in wanted.items() if _is_new(rows.get(person_id), is_silent)}
    for person_id in sorted(changed):
        _set(call, person_id, rows.get(person_id), wanted)
    db.session.flush()
    if changed:
        telling.tell_ringing(call, changed)


def _is_new(row: Rung | None, is_silent: bool) -> bool:
    return row is None or row.declined or row.is_silent != is_silent


def _set(call: HelpCall, person_id: int, row: Rung | None, wanted: Mapping[int, bool]) -> None:
    if row is not None and person_id not in wanted:
        db.session.delete(row)
        return
    if row is None:
        row = Rung(call_id=call.id, person_id=person_id, rung_at=clock.now())
        db.session.add(row)
    elif row.declined:
        row.rung_at = clock.now()
    row.round, row.is_silent, row.declined = call.rounds, wanted[person_id], False


def be_still(call: HelpCall) -> list[int]:
    """Let every screen be still that rings for a call, and give whose they were."""
    rung = delete(Rung).where(Rung.call_id == call.id).returning(Rung.person_id)
    return list(db.session.scalars(rung, execution_options={"synchronize_session": "fetch"}))


def clear(call: HelpCall) -> list[int]:
    """Let go of everybody around a call, so that a new round begins with nobody; give who they were."""
    beside = delete(Helping).where(Helping.call_id == call.id).returning(Helping.person_id)
    return [*be_still(call), *db.session.scalars(beside, execution_options={"synchronize_session": "fetch"})]


def spare(call: HelpCall, person_id: int) -> None:
    """Let the one who came and was not heard from be in peace for the first minute of the round that begins now."""
    db.session.add(
        Rung(call_id=call.id, person_id=person_id, round=call.rounds - 1, rung_at=call.rung_at, declined=True)
    )
    db.session.flush()
