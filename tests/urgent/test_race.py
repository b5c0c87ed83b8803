"""Many at once on the same call: real threads on a database of their own. One outcome each, and no wait for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from bench import claims as racing
from portal.blueprints.people import queries as people
from portal.blueprints.urgent.models.calls import HelpCall, Helping, Rung
from portal.blueprints.urgent.models.counts import DayCount
from portal.blueprints.urgent.rules.calls import Ending, State
from portal.blueprints.urgent.service import calls, course, ending, helping
from portal.core.db import db, transaction
from portal.core.errors import Conflict, NotFound
from tests.factories.people import make_person
from tests.factories.urgent import make_call, put_to_work, stay_online
from tests.racing import THREADS, Act, race

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ROUNDS = 6
At = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def stopped(at: At) -> None:
    at(NOW)


def by(person_id: int, verb: Callable[..., object], *args: object, **named: object) -> Act:
    return lambda: verb(people.get_person(person_id), *args, **named)


def desk(own: Flask, askers: int, helpers: int) -> tuple[list[int], list[int]]:
    """Put some to work, of whom some have their hand up; give the calls and those who can help."""
    with own.app_context(), transaction():
        free = [make_person() for _ in range(helpers)]
        asking = [make_person() for _ in range(askers)]
        put_to_work(*free, *asking)
        return [make_call(each).id for each in asking], [each.id for each in free]


def found(own: Flask, call_id: int) -> HelpCall:
    with own.app_context():
        call = db.session.get_one(HelpCall, call_id)
        db.session.expunge(call)
        db.session.remove()
        return call


def mixed(*sides: Iterable[Act]) -> list[Act]:
    """Put the sides of a race in turn, so that threads begin on each of them."""
    return [act for pair in zip(*sides, strict=True) for act in pair]


def test_of_many_who_come_at_once_one_has_come(own: Flask) -> None:
    (call_id,), helpers = desk(own, 1, THREADS)
    refused = race(own, [by(each, calls.come, call_id) for each in helpers])
    assert len(refused) == THREADS - 1
    assert all(isinstance(error, Conflict) and error.params["name"] for error in refused)
    call = found(own, call_id)
    assert call.state == State.TAKEN
    assert call.taken_by_id in helpers


def test_a_hand_that_comes_down_while_somebody_comes_is_one_or_the_other(own: Flask) -> None:
    ids, (helper, *_) = desk(own, ROUNDS, 1)
    askers = [found(own, call_id).asker_id for call_id in ids]
    cancelling = [by(asker, calls.cancel, call_id) for asker, call_id in zip(askers, ids, strict=True)]
    refused = race(own, mixed(cancelling, [by(helper, calls.come, call_id) for call_id in ids]))
    assert len(refused) == ROUNDS
    assert all(isinstance(error, Conflict) for error in refused)
    for call_id in ids:
        call = found(own, call_id)
        assert (call.state, call.ending, call.taken_by_id) in {
            (State.OVER, Ending.CANCELLED, None),
            (State.TAKEN, None, helper),
        }


def test_a_word_that_comes_as_the_call_lapses_keeps_it_or_learns_that_it_rings_again(own: Flask, at: At) -> None:
    ids, helpers = desk(own, ROUNDS, ROUNDS)
    pairs = list(zip(helpers, ids, strict=True))
    race(own, [by(helper, calls.come, call_id) for helper, call_id in pairs])
    at(NOW + timedelta(seconds=90))
    lapsing: list[Act] = [lambda call_id=call_id: course.step(call_id) for call_id in ids]  # type: ignore[misc]
    refused = race(own, mixed(lapsing, [by(helper, calls.talk, call_id) for helper, call_id in pairs]))
    assert all(isinstance(error, Conflict) for error in refused)
    states = [found(own, call_id) for call_id in ids]
    assert sum(call.state == State.RINGING for call in states) == len(refused)
    for call in states:
        assert (call.talking_at is not None) is (call.state == State.TAKEN)
        assert call.rounds == (1 if call.state == State.TAKEN else 2)


def test_an_offer_that_comes_as_the_call_ends_is_gone_with_it(own: Flask) -> None:
    ids, helpers = desk(own, ROUNDS, ROUNDS + 1)
    *helpers, free = helpers
    pairs = list(zip(helpers, ids, strict=True))
    race(own, [by(helper, calls.come, call_id) for helper, call_id in pairs])
    ends = [by(helper, ending.end, call_id) for helper, call_id in pairs]
    refused = race(own, mixed(ends, [by(helper, helping.offer, call_id, free) for helper, call_id in pairs]))
    assert all(isinstance(error, Conflict) for error in refused)
    for call_id in ids:
        call = found(own, call_id)
        assert (call.state, call.offered_to_id, call.offered_until) == (State.OVER, None, None)


def test_raising_a_hand_many_times_at_once_is_one_hand(own: Flask) -> None:
    with own.app_context(), transaction():
        asker = make_person().id
    acts = [by(asker, calls.raise_hand, text=f"Help {number}", key=f"form-{number}") for number in range(THREADS)]
    same = [by(asker, calls.raise_hand, text="Help", key="form-0") for _ in range(THREADS)]
    assert race(own, mixed(acts, same)) == []
    with own.app_context():
        assert db.session.scalar(select(func.count()).select_from(HelpCall)) == 1
        assert db.session.scalars(select(DayCount.count)).all() == [1]
        db.session.remove()


def test_of_two_who_are_asked_in_turn_only_the_last_takes_over(own: Flask) -> None:
    (call_id,), (helper, one, other) = desk(own, 1, 3)
    race(own, [by(helper, calls.come, call_id)])
    acts = [by(helper, helping.offer, call_id, one), by(helper, helping.offer, call_id, other)]
    acts += [by(one, helping.take_over, call_id), by(other, helping.take_over, call_id)]
    race(own, acts * 2)
    call = found(own, call_id)
    assert call.state == State.TAKEN
    assert call.taken_by_id in {helper, one, other}
    assert (call.offered_to_id is None) is (call.offered_until is None)


def test_a_question_is_kept_once_however_often_one_presses(own: Flask) -> None:
    (call_id,), (helper, *_) = desk(own, 1, 1)
    asker = found(own, call_id).asker_id
    race(own, [by(helper, calls.come, call_id)])
    race(own, [by(helper, ending.end, call_id, solution="Turn it off and on")])
    assert race(own, [by(asker, ending.keep_as_question, call_id)] * THREADS) == []
    call = found(own, call_id)
    assert call.question_id is not None


def test_a_storm_of_presses_leaves_nothing_half_done(own: Flask, at: At) -> None:
    ids, helpers = desk(own, 3, 6)
    askers = {call_id: found(own, call_id).asker_id for call_id in ids}
    acts: list[Act] = []
    for number, helper in enumerate(helpers):
        for call_id in ids:
            acts += [by(helper, calls.come, call_id), by(helper, helping.join, call_id)]
            acts += [by(helper, calls.not_now, call_id), by(helper, helping.leave, call_id)]
            acts += [by(askers[call_id], calls.ring_again, call_id), by(helper, calls.talk, call_id)]
            acts += [by(helper, helping.offer, call_id, helpers[number - 1])]
            acts.append(lambda call_id=call_id: course.step(call_id))  # type: ignore[misc]
    acts += [by(askers[call_id], ending.end, call_id) for call_id in ids] * 2
    refused = race(own, acts)
    assert all(error.status in {403, 404, 409, 422} for error in refused)
    with own.app_context(), transaction():
        stay_online()
        for call_id in ids:
            must_hold(db.session.get_one(HelpCall, call_id))
        counted = {what: count for what, count in db.session.execute(select(DayCount.what, DayCount.count))}
        assert counted["raised"] == len(ids)
        over = db.session.scalar(select(func.count()).where(HelpCall.state == State.OVER))
        assert counted.get("solved", 0) == over


def must_hold(call: HelpCall) -> None:
    """Check what is true of a call however the race went."""
    assert (call.taken_by_id is not None) >= (call.state == State.TAKEN)
    assert (call.ending is not None) is (call.state == State.OVER)
    assert (call.offered_to_id is None) or call.state == State.TAKEN
    if call.state != State.RINGING:
        assert db.session.scalar(select(func.count()).where(Rung.call_id == call.id)) == 0
    else:
        assert db.session.scalar(select(func.count()).where(Helping.call_id == call.id)) == 0
    beside = db.session.scalars(select(Helping.person_id).where(Helping.call_id == call.id)).all()
    assert call.taken_by_id not in beside
    assert call.asker_id not in beside


def test_throwing_away_while_somebody_writes_is_gone_or_refused(own: Flask) -> None:
    (call_id,), (helper, *_) = desk(own, 1, 1)
    asker = found(own, call_id).asker_id
    race(own, [by(helper, calls.come, call_id)])
    race(own, [by(helper, ending.end, call_id)])
    writing = [by(helper, ending.write_solution, call_id, "Turn it off and on")] * 4
    refused = race(own, mixed([by(asker, ending.throw_away, call_id)] * 4, writing))
    assert all(isinstance(error, NotFound) for error in refused)
    with own.app_context():
        assert db.session.scalar(select(func.count()).select_from(HelpCall)) == 0
        db.session.remove()


def test_two_processes_that_come_at_the_same_moment_are_one_who_has_come(fresh_database_url: str) -> None:
    outcome = racing.race(fresh_database_url, count=60, of="calls")
    assert outcome.is_right, outcome
    assert outcome.presses == 120
