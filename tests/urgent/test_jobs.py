"""The worker and the course of calls: whenever it is killed, and however late it comes, the next look mends it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.blueprints.shifts.facts import CameOnline, RotaRead, StandingChanged
from portal.blueprints.shifts.models import Standing
from portal.blueprints.shifts.rules import Availability
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.rules.calls import Ending, State
from portal.blueprints.urgent.service import calls, course, ending, helping
from portal.core import clock, jobs, live
from portal.core.db import db, transaction
from portal.core.facts import record
from portal.core.jobs import Job
from tests.factories.people import make_person
from tests.factories.urgent import Wheel, make_call, put_to_work, rung, stay_online

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
Act = Callable[[int], object]


@pytest.fixture
def wheel(session: Session, at: Callable[[datetime], None]) -> Wheel:
    return Wheel(at, NOW)


def the_job(call_id: int) -> Job:
    return db.session.scalars(select(Job).where(Job.key == f"urgent.step:{call_id}")).one()


def test_the_job_of_a_call_holds_its_number_and_nothing_else(wheel: Wheel, anne: Person) -> None:
    with transaction():
        call = make_call(anne)
    assert the_job(call.id).args == {"call_id": call.id}
    assert the_job(call.id).next_at == NOW + timedelta(seconds=15)


def test_when_it_is_over_nothing_is_looked_at_any_more(wheel: Wheel, anne: Person) -> None:
    with transaction():
        call = make_call(anne)
    with transaction():
        calls.cancel(anne, call.id)
    wheel.turn(60)
    assert the_job(call.id).state == jobs.State.DONE


def test_looking_twice_changes_nothing_and_tells_nobody(wheel: Wheel, anne: Person, bjarne: Person) -> None:
    heard: list[str] = []
    with transaction():
        put_to_work(anne, bjarne)
        call = make_call(anne)
    end = live.subscribe(heard.append)
    for _ in range(3):
        with transaction():
            course.step(call.id)
    end()
    assert heard == []
    assert rung(call.id) == {bjarne.id}


def test_a_worker_that_was_away_finds_everything_as_it_should_be_by_now(
    wheel: Wheel, anne: Person, bjarne: Person, didrik: Person
) -> None:
    with transaction():
        put_to_work(anne, bjarne)
        put_to_work(didrik, availability=Availability.ON_CALL)
        call = make_call(anne)
    wheel.skip(500)
    assert rung(call.id) == {bjarne.id}
    wheel.turn(0)
    assert rung(call.id) == {bjarne.id, didrik.id}
    wheel.skip(3600)
    wheel.turn(0)
    assert call.ending == Ending.NOBODY


@pytest.mark.parametrize("fact", [StandingChanged, CameOnline])
def test_who_becomes_free_while_a_hand_is_up_is_rung_at_once(
    wheel: Wheel, anne: Person, bjarne: Person, fact: type[StandingChanged | CameOnline]
) -> None:
    with transaction():
        put_to_work(anne)
        call = make_call(anne)
    wheel.turn(4)
    with transaction():
        put_to_work(bjarne)
        record(fact(person_id=bjarne.id))
        record(fact(person_id=bjarne.id))
    assert the_job(call.id).next_at == wheel.moment
    wheel.turn(0)
    assert rung(call.id) == {bjarne.id}


def test_a_rota_that_is_read_is_looked_at(wheel: Wheel, anne: Person) -> None:
    with transaction():
        call = make_call(anne)
        record(RotaRead(rota_id=1))
    assert the_job(call.id).next_at == wheel.moment


def test_who_goes_home_or_takes_it_easy_is_let_be(wheel: Wheel, anne: Person, bjarne: Person, didrik: Person) -> None:
    with transaction():
        put_to_work(anne, bjarne, didrik)
        call = make_call(anne)
    with transaction():
        db.session.execute(update(Standing).where(Standing.person_id == bjarne.id).values(works_until=None))
        put_to_work(didrik, easy=True)
        record(StandingChanged(person_id=bjarne.id))
    wheel.turn(0)
    assert rung(call.id) == set()


def test_whose_shift_ends_by_itself_is_let_be_within_seconds(wheel: Wheel, anne: Person, bjarne: Person) -> None:
    with transaction():
        put_to_work(anne, bjarne)
        call = make_call(anne)
        ends = update(Standing).where(Standing.person_id == bjarne.id)
        db.session.execute(ends.values(works_until=NOW + timedelta(seconds=20)))
    wheel.turn(30)
    assert rung(call.id) == set()


def test_who_is_free_again_is_rung_for_the_others(wheel: Wheel, anne: Person, bjarne: Person, didrik: Person) -> None:
    with transaction():
        put_to_work(anne, bjarne, didrik)
        first = make_call(anne)
        calls.come(bjarne, first.id)
        second = make_call(didrik)
    assert rung(second.id) == set()
    with transaction():
        ending.end(bjarne, first.id)
    wheel.turn(0)
    assert rung(second.id) == {anne.id, bjarne.id}


def test_a_call_whose_job_was_lost_is_found_again(wheel: Wheel, anne: Person, bjarne: Person) -> None:
    with transaction():
        jobs.ensure_schedules()
        put_to_work(anne, bjarne)
        call = make_call(anne)
        db.session.delete(the_job(call.id))
    wheel.turn(11 * 60)
    assert the_job(call.id).state == jobs.State.WAITING


@pytest.mark.parametrize("runs_at", range(0, 600, 150))
def test_everything_is_gone_before_a_day_is_over(wheel: Wheel, anne: Person, bjarne: Person, runs_at: int) -> None:
    with transaction():
        call = make_call(anne)
        calls.come(bjarne, call.id)
        ending.end(bjarne, call.id)
    schedule = jobs.kinds["urgent.forget"].next_time
    assert schedule
    wheel.skip(23.5 * 3600 + runs_at)
    while db.session.scalars(select(HelpCall.id)).all():
        assert wheel.moment < NOW + timedelta(hours=24)
        with transaction():
            jobs.enqueue("urgent.forget")
        wheel.turn(0)
        wheel.skip((schedule(wheel.moment) - wheel.moment).total_seconds())
    assert wheel.moment >= NOW + timedelta(hours=23, minutes=40)


# Killed in the middle: for real, in a process of its own


def furnish(own: Flask) -> tuple[int, dict[str, int]]:
    with own.app_context(), transaction():
        persons = {name: make_person(name) for name in ("Anne", "Bjarne", "Carla", "Didrik")}
        put_to_work(persons["Anne"], persons["Bjarne"], persons["Carla"])
        put_to_work(persons["Didrik"], availability=Availability.AWAY)
        call = make_call(persons["Anne"])
        return call.id, {name: person.id for name, person in persons.items()}


def killed_after(own: Flask, count: int, act: Callable[[], object]) -> bool:
    """Do something in a process that is killed before its n-th statement or commit; tell whether it was."""
    child = os.fork()
    if child == 0:
        left = [count]

        def strike(*_args: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            with own.app_context():
                db.engine.dispose(close=False)
                event.listen(db.engine, "before_cursor_execute", strike)
                event.listen(db.engine, "commit", strike)
                act()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def picture(call_id: int) -> tuple[object, ...]:
    """Give all that one could see of a call."""
    call = db.session.get_one(HelpCall, call_id, populate_existing=True)
    return call.state, call.taken_by_id, call.rounds, call.ending, call.ended_at, frozenset(rung(call_id))


def by(person_id: int, verb: Callable[..., object]) -> Act:
    def press(call_id: int) -> None:
        with transaction():
            verb(people.get_person(person_id), call_id)

    return press


def run_worker(_call_id: int) -> None:
    jobs.run_due(1)


@pytest.mark.parametrize("what", ["widen", "lapse", "give up", "come", "end", "cancel", "offer lapses"])
def test_killed_between_any_two_statements_nothing_is_half_done_and_the_next_look_mends_it(
    own: Flask, at: Callable[[datetime], None], what: str
) -> None:
    at(NOW)
    call_id, ids = furnish(own)
    act, seconds, expected = prepare(own, call_id, ids, what)
    at(NOW + timedelta(seconds=seconds))
    with own.app_context():
        with transaction():
            stay_online()
        before = picture(call_id)
        db.session.remove()
        db.engine.dispose()
        strikes = 0
        while killed_after(own, strikes + 1, lambda: act(call_id)):
            strikes += 1
            with transaction():
                jobs.release_leases_of_the_dead()
            assert picture(call_id) == before, f"half done after {strikes} statements"
            db.session.remove()
            db.engine.dispose()
        assert strikes > 3
        assert picture(call_id) == expected
        db.session.remove()


def prepare(own: Flask, call_id: int, ids: dict[str, int], what: str) -> tuple[Act, int, tuple[object, ...]]:
    """Bring a call to where something happens, and say what it is then."""
    bjarne, carla, didrik = ids["Bjarne"], ids["Carla"], ids["Didrik"]
    with own.app_context():
        if what in {"lapse", "end", "offer lapses"}:
            by(bjarne, calls.come)(call_id)
        if what == "offer lapses":
            by(bjarne, calls.talk)(call_id)
            with transaction():
                helping.offer(people.get_person(bjarne), call_id, carla)
        db.session.remove()
    over = {"give up": Ending.NOBODY, "end": Ending.SOLVED, "cancel": Ending.CANCELLED}
    acts: dict[str, tuple[Act, int, tuple[object, ...]]] = {
        "widen": (run_worker, 120, (State.RINGING, None, 1, None, None, frozenset({bjarne, carla, didrik}))),
        "lapse": (run_worker, 90, (State.RINGING, None, 2, None, None, frozenset({carla}))),
        "give up": (run_worker, 1200, (State.OVER, None, 1, over.get(what), at_second(1200), frozenset())),
        "come": (by(bjarne, calls.come), 5, (State.TAKEN, bjarne, 1, None, None, frozenset())),
        "end": (by(bjarne, ending.end), 5, (State.OVER, bjarne, 1, over.get(what), at_second(5), frozenset())),
        "cancel": (by(ids["Anne"], calls.cancel), 5, (State.OVER, None, 1, over.get(what), at_second(5), frozenset())),
        "offer lapses": (run_worker, 60, (State.TAKEN, bjarne, 1, None, None, frozenset())),
    }
    return acts[what]


def at_second(second: int) -> datetime:
    return NOW + timedelta(seconds=second)


def test_two_workers_at_once_ring_everybody_once(own: Flask, at: Callable[[datetime], None]) -> None:
    at(NOW)
    call_id, ids = furnish(own)
    at(NOW + timedelta(seconds=120))
    with own.app_context(), transaction():
        stay_online()

    def work(_number: int) -> int:
        with own.app_context():
            ran = jobs.run_due(1)
            with transaction():
                course.step(call_id)
            db.session.remove()
            return ran

    with ThreadPoolExecutor(4) as pool:
        ran = list(pool.map(work, range(4)))
    assert sum(ran) == 1
    with own.app_context():
        assert rung(call_id) == {ids["Bjarne"], ids["Carla"], ids["Didrik"]}
        job = the_job(call_id)
        assert (job.state, job.tries, job.next_at) == (jobs.State.WAITING, 0, clock.now() + timedelta(seconds=15))
        db.session.remove()
