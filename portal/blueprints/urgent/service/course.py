"""The course of a call by itself: it rings wider, rings again, and ends. Every step looks at how things stand now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.blueprints.urgent.facts import CallEnded, NobodyCame, RangAgain
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.rules import ring as rules
from portal.blueprints.urgent.rules.calls import Ending, State
from portal.blueprints.urgent.rules.ring import Course
from portal.blueprints.urgent.service import changing, counting, ringing, telling
from portal.core import clock, jobs
from portal.core.db import db
from portal.core.facts import record

STEP = "urgent.step"


def step(call_id: int) -> datetime | None:
    """Do what is missing for a call now; give when to look again, or nothing when it is over."""
    call = changing.lock(call_id)
    if call is None or call.state == State.OVER:
        return None
    moment, course = clock.now(), course_of(call)
    if call.state == State.RINGING:
        _ring_on(call, course, moment)
    else:
        _look_after(call, course, moment)
    return rules.next_moment(course_of(call), now=moment)


def _ring_on(call: HelpCall, course: Course, moment: datetime) -> None:
    if rules.is_given_up(course, now=moment):
        close(call, Ending.NOBODY)
        record(NobodyCame(call_id=call.id, asker_id=call.asker_id))
    else:
        ringing.ring(call)


def _look_after(call: HelpCall, course: Course, moment: datetime) -> None:
    lapses_at, fades_at = rules.lapses_at(course), rules.fades_at(course)
    if lapses_at and lapses_at <= moment:
        ring_again(call)
    elif fades_at and fades_at <= moment:
        close(call, Ending.SOLVED)
    elif call.offered_until and call.offered_until <= moment:
        withdraw_offer(call)


def course_of(call: HelpCall) -> Course:
    """Give what decides when something happens next."""
    return Course(
        state=State(call.state),
        rung_at=call.rung_at,
        taken_at=call.taken_at,
        talking_at=call.talking_at,
        offered_until=call.offered_until,
    )


def begin(call: HelpCall) -> None:
    """Ring a new call at once, without waiting for the worker.

    Its own name goes first: a screen that rings already would take it for «somebody has come».
    """
    telling.tell_changed(call)
    ringing.ring(call)
    plan(call, others_too=True)


def ring_again(call: HelpCall) -> None:
    """Begin a new round: from the narrowest circle, and not with the one who came and is not there."""
    silent, offered = call.taken_by_id, call.offered_to_id
    let_go = ringing.clear(call)
    nobody = {"taken_by_id": None, "taken_at": None, "talking_at": None, "offered_to_id": None, "offered_until": None}
    changing.change(call, state=State.RINGING, rung_at=clock.now(), rounds=call.rounds + 1, **nobody)
    telling.tell_changed(call, silent, offered, *let_go)
    if silent:
        ringing.spare(call, silent)
    ringing.ring(call)
    record(RangAgain(call_id=call.id))


def withdraw_offer(call: HelpCall) -> None:
    """Take an offer back that nobody has answered, or that is not wanted any more; the giver's page shows it."""
    offered = call.offered_to_id
    changing.change(call, offered_to_id=None, offered_until=None)
    telling.tell_changed(call, offered)


def close(call: HelpCall, ending: Ending) -> None:
    """End a call, unless it is over; whose screens rang is forgotten at once. The call is locked."""
    offered = call.offered_to_id
    over = {"state": State.OVER, "ending": ending, "ended_at": clock.now()}
    if not changing.change(call, **over, offered_to_id=None, offered_until=None):
        return
    counting.count_ended(call, ending)
    telling.tell_changed(call, offered, *ringing.be_still(call))
    record(CallEnded(call_id=call.id))


def plan(call: HelpCall, *, others_too: bool = False) -> None:
    """See that a call is looked at when something happens next; and the other calls now, if somebody became free."""
    moment = rules.next_moment(course_of(call), now=clock.now())
    wanted = dict.fromkeys(_ringing() if others_too else [], clock.now())
    if moment:
        wanted[call.id] = moment
    # Always in the same order: two who each wait for what the other has locked would wait for ever.
    for call_id in sorted(wanted):
        jobs.enqueue(STEP, at=wanted[call_id], key=f"{STEP}:{call_id}", call_id=call_id)


def look_again() -> None:
    """See that all calls that ring are looked at now: somebody has come, or has become free, or is gone."""
    for call_id in sorted(_ringing()):
        look_at(call_id)


def look_at_all() -> None:
    """See that every open call is looked at, whatever became of its job."""
    for call_id in sorted(db.session.scalars(select(HelpCall.id).where(HelpCall.state != State.OVER))):
        look_at(call_id)


def look_at(call_id: int) -> None:
    """See that a call is looked at now, in the background."""
    jobs.enqueue(STEP, key=f"{STEP}:{call_id}", call_id=call_id)


def _ringing() -> list[int]:
    return list(db.session.scalars(select(HelpCall.id).where(HelpCall.state == State.RINGING)))
