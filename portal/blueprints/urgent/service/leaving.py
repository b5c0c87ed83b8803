"""When somebody goes: their hand comes down, and the call that they came to rings again."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from portal.blueprints.urgent.models.calls import HelpCall, Helping
from portal.blueprints.urgent.rules.calls import Ending, State
from portal.blueprints.urgent.service import changing, course, helping
from portal.core.db import db


def sign_off(person_id: int) -> None:
    """Let go of what somebody who has signed out cannot follow any more; two who talk already go on talking."""
    _let_go(person_id, HelpCall.talking_at.is_(None))


def go(person_id: int) -> None:
    """Let go of everything of somebody who has left the desk."""
    _let_go(person_id)


def _let_go(person_id: int, *which: ColumnElement[bool]) -> None:
    beside = select(Helping.call_id).where(Helping.person_id == person_id)
    theirs = or_(
        HelpCall.asker_id == person_id,
        HelpCall.taken_by_id == person_id,
        HelpCall.offered_to_id == person_id,
        HelpCall.id.in_(beside),
    )
    found = select(HelpCall.id).where(HelpCall.state != State.OVER, theirs, *which).order_by(HelpCall.id)
    # All are locked before anything is changed, and in the same order by everybody.
    calls = [changing.lock(call_id) for call_id in db.session.scalars(found).all()]
    for call in calls:
        if call is not None and call.state != State.OVER:
            _leave(call, person_id)
    for call in calls:
        if call is not None:
            course.plan(call)
    course.look_again()


def _leave(call: HelpCall, person_id: int) -> None:
    if call.asker_id == person_id:
        course.close(call, Ending.SOLVED if call.talking_at else Ending.CANCELLED)
        return
    if call.offered_to_id == person_id:
        course.withdraw_offer(call)
    helping.let_go(call, person_id)
