"""Helping together: a second colleague joins, somebody hands the call over, somebody leaves."""

from __future__ import annotations

from sqlalchemy import delete, select

from portal.blueprints.people import queries as people
from portal.blueprints.urgent.models.calls import HelpCall, Helping
from portal.blueprints.urgent.queries import calls as reading
from portal.blueprints.urgent.queries import desk
from portal.blueprints.urgent.rules.calls import OFFER_LASTS, Act, State
from portal.blueprints.urgent.service import changing, course, telling
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import N_
from portal.core.viewer import Viewer

CHOOSE = N_("Choose a colleague.")
NOT_REACHED = N_("%(name)s cannot be rung just now. Choose somebody else.")
OFFER_GONE = N_("You are no longer asked to take this over.")


def offer(viewer: Viewer, call_id: int, person_id: int) -> None:
    """Ask a colleague to take the call over: their screen rings for a minute, and a no costs nothing."""
    call = changing.get(viewer, call_id, Act.OFFER)
    person = people.get_person(person_id)
    if not person.is_active or person.id in {viewer.id, call.asker_id}:
        raise Invalid(CHOOSE, field="person")
    if reading.is_offered(person, call):
        return
    if person.id not in {each.id for each in desk.those_to_offer(call)}:
        raise Invalid(NOT_REACHED, field="person", name=person.first_name)
    before = call.offered_to_id
    changing.change(call, offered_to_id=person.id, offered_until=clock.now() + OFFER_LASTS)
    telling.tell_changed(call, before)
    course.plan(call)


def take_over(viewer: Viewer, call_id: int) -> None:
    """Take over what a colleague has offered."""
    call = changing.lock(call_id)
    reading.get_call(viewer, call_id)
    if call is None or call.taken_by_id == viewer.id:
        return
    _must_be_offered(viewer, call)
    giver = call.taken_by_id
    _remove(call, viewer.id)
    now = {} if call.talking_at else {"taken_at": clock.now()}  # who does not talk yet has a while to say so, as ever
    changing.change(call, taken_by_id=viewer.id, offered_to_id=None, offered_until=None, **now)
    telling.tell_changed(call, giver)
    course.plan(call, others_too=True)


def refuse_offer(viewer: Viewer, call_id: int) -> None:
    """Say no to taking a call over."""
    call = changing.lock(call_id)
    reading.get_call(viewer, call_id)
    if call is not None and call.offered_to_id == viewer.id:
        course.withdraw_offer(call)
        course.plan(call)


def _must_be_offered(viewer: Viewer, call: HelpCall) -> None:
    if call.state != State.TAKEN:
        raise changing.refusal(call, Act.TAKE_OVER)
    if not reading.is_offered(viewer, call):
        raise Conflict(OFFER_GONE)


def join(viewer: Viewer, call_id: int) -> None:
    """Help too, beside the one who came."""
    call = changing.lock(call_id)
    reading.get_call(viewer, call_id)
    if call is None or _is_in(viewer, call):
        return
    changing.get(viewer, call_id, Act.JOIN)
    db.session.add(Helping(call_id=call.id, person_id=viewer.id, joined_at=clock.now()))
    db.session.flush()
    telling.tell_changed(call)
    course.plan(call)


def _is_in(viewer: Viewer, call: HelpCall) -> bool:
    return call.state == State.TAKEN and (call.taken_by_id == viewer.id or _is_beside(call, viewer.id))


def _is_beside(call: HelpCall, person_id: int) -> bool:
    return db.session.get(Helping, (call.id, person_id), populate_existing=True) is not None


def leave(viewer: Viewer, call_id: int) -> None:
    """Help no longer. Whoever helps too is then the one who came; if there is nobody, the call rings again."""
    call = changing.lock(call_id)
    reading.get_call(viewer, call_id)
    if call is None or call.state != State.TAKEN:
        return
    if call.asker_id == viewer.id:
        raise NotAllowed(changing.NOT_YOURS)
    let_go(call, viewer.id)
    course.plan(call, others_too=True)


def let_go(call: HelpCall, person_id: int) -> None:
    """Take a person out of a call that is open and locked."""
    if call.taken_by_id != person_id:
        _remove(call, person_id)
        telling.tell_changed(call, person_id)
        return
    heir = db.session.scalar(
        select(Helping.person_id).where(Helping.call_id == call.id).order_by(Helping.joined_at, Helping.person_id)
    )
    if heir is None:
        course.ring_again(call)
        return
    _remove(call, heir)
    changing.change(call, taken_by_id=heir)
    telling.tell_changed(call, person_id)


def _remove(call: HelpCall, person_id: int) -> None:
    gone = delete(Helping).where(Helping.call_id == call.id, Helping.person_id == person_id)
    db.session.execute(gone, execution_options={"synchronize_session": "fetch"})
