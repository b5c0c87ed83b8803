"""Telling the open pages that something about a call has changed. Names and numbers only, and after the commit."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from portal.blueprints.urgent.models.calls import HelpCall, Helping
from portal.core import live
from portal.core.db import db


def tell_changed(call: HelpCall, *others: int | None) -> None:
    """Tell that a call has become something else: every screen that rings for it is still at once, and looks again."""
    beside = db.session.scalars(select(Helping.person_id).where(Helping.call_id == call.id)).all()
    names = strips([call.asker_id, call.taken_by_id, call.offered_to_id, *beside, *others])
    live.publish_all([f"call-{call.id}", "calls", *names])


def tell_ringing(call: HelpCall, person_ids: Iterable[int]) -> None:
    """Tell that screens have begun or ceased to ring, while the others go on; who asked sees how many there are."""
    live.publish_all(strips([call.asker_id, *person_ids]))


def strips(person_ids: Iterable[int | None]) -> list[str]:
    """Name the strips of persons."""
    return [f"ring-{person_id}" for person_id in sorted({each for each in person_ids if each})]
