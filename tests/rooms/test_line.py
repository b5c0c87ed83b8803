"""The line to the calendar: a wrong password is tried once, an outage is waited out, and the oldest wish is first."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.blueprints.people.models import Person
from portal.blueprints.rooms import jobs as room_jobs
from portal.blueprints.rooms import rules
from portal.blueprints.rooms.adapters import choice
from portal.blueprints.rooms.models import Booking, BookingState, BookingStep, LineState, Room, StepKind
from portal.blueprints.rooms.service import line
from portal.core import clock, jobs, settings
from portal.core.db import db, transaction
from tests.exchange_server.client import Remote
from tests.rooms.conftest import FJELL, Worker, book, kinds, night, release, state_of

HOUR = timedelta(hours=1)


@pytest.fixture
def untried(exchange_worker: Worker, fjell: Room) -> Worker:
    """Give a worker that has never signed in."""
    with transaction():
        db.session.delete(known())
    return exchange_worker


@pytest.fixture
def wrong_password(untried: Worker) -> Worker:
    """Give a worker with the wrong password, and some nights that wait for it."""
    settings.use(dataclasses.replace(settings.current_settings(), ews_password="not-this-one"))
    choice.forget()
    for day in range(24, 30):
        book(f"evening:{day}", **night(day))
    return untried


def known() -> object:
    found = line.find_line()
    assert found is not None
    return found


def sign_ins_refused(remote: Remote) -> int:
    return int(remote.state()["calls"].get("refused", 0))


def restart() -> None:
    """Forget what a process remembers, as its death does."""
    choice.forget()
    room_jobs._seen["turn"] = 0


def test_a_wrong_password_is_tried_once_however_often_the_worker_starts_anew(
    wrong_password: Worker, on_exchange: Remote
) -> None:
    for _ in range(11):
        with transaction():
            jobs.enqueue("rooms.refresh_busy", key="test.busy")
            jobs.enqueue("rooms.reconcile", key="test.reconcile")
        wrong_password.work(timedelta(minutes=5))
        restart()
    assert sign_ins_refused(on_exchange) == 1
    wrong_password.work(timedelta(minutes=6))
    assert sign_ins_refused(on_exchange) == 2, "one knock an hour locks no account"


def test_a_wrong_password_is_told_and_the_doctor_does_not_try_it_too(
    wrong_password: Worker, on_exchange: Remote
) -> None:
    wrong_password.work()
    stands = line.find_line()
    assert stands is not None
    assert (stands.state, stands.reason) == (LineState.REFUSED, "SignInRefused")
    found = room_jobs.calendar_health()
    assert "PORTAL_EWS_PASSWORD" in found.words
    assert "23.11.2026 09:00" in found.words
    assert not found.is_well
    assert sign_ins_refused(on_exchange) == 1


def test_the_right_password_is_tried_at_once_and_everything_is_booked(
    wrong_password: Worker, on_exchange: Remote, exchange_settings: object
) -> None:
    wrong_password.work(timedelta(minutes=20))
    settings.use(exchange_settings)  # type: ignore[arg-type]
    restart()
    with transaction():
        jobs.enqueue("rooms.reconcile", key="test.reconcile")  # as every two minutes
    wrong_password.work(timedelta(minutes=1))
    assert {booking.state for booking in db.session.scalars(select(Booking))} == {BookingState.CONFIRMED}
    assert sign_ins_refused(on_exchange) == 1


def test_whoever_has_mended_it_need_not_wait(wrong_password: Worker, on_exchange: Remote, carla: Person) -> None:
    wrong_password.work(timedelta(minutes=20))
    with transaction():
        line.try_now(viewer_id=carla.id)
    wrong_password.work(timedelta(minutes=20))
    assert sign_ins_refused(on_exchange) == 2


def test_an_account_that_is_let_in_again_is_used_by_a_worker_that_remembers_its_refusal(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    book("evening:1", **night(24))
    exchange_worker.work()
    on_exchange.fault("unauthorized")
    book()
    exchange_worker.work()
    assert sign_ins_refused(on_exchange) == 1
    with transaction():
        line.note_answer()  # another worker was let in
    exchange_worker.work()
    assert state_of() == BookingState.CONFIRMED


def test_everything_waits_until_the_first_sign_in_has_been_tried_by_one(untried: Worker, on_exchange: Remote) -> None:
    for day in range(24, 30):
        book(f"evening:{day}", **night(day))
    while jobs.run_due(limit=1) and line.find_line() is None:
        assert on_exchange.state()["calls"] == {}
    untried.work()
    assert {booking.state for booking in db.session.scalars(select(Booking))} == {BookingState.CONFIRMED}


def test_an_hour_without_a_calendar_is_made_good_within_five_minutes_oldest_first(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    on_exchange.fault("unavailable", times=None)
    for number in range(30):
        book(f"evening:{number}", **night(24 + number % 5, 6 + 2 * (number // 5), hours=2))
        exchange_worker.work(timedelta(minutes=2))
    calls = sum(on_exchange.state()["calls"].values())
    assert calls < 70, "a server that is down is not stormed"
    on_exchange.calm()
    exchange_worker.work(timedelta(minutes=5))
    assert {booking.state for booking in db.session.scalars(select(Booking))} == {BookingState.CONFIRMED}
    sent = select(BookingStep.booking_id).where(BookingStep.kind == StepKind.SENT).order_by(BookingStep.id)
    order = list(db.session.scalars(sent))
    assert order == sorted(order)
    assert exchange_worker.failures() == []


def test_what_was_given_back_during_an_outage_is_removed_after_it(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    book("evening:1")
    exchange_worker.work()
    on_exchange.fault("unavailable", times=None)
    release("evening:1")
    second = book("evening:2", **night(27))
    exchange_worker.work(HOUR)
    release("evening:2")
    on_exchange.calm()
    exchange_worker.work(timedelta(minutes=5))
    assert state_of("evening:1") == state_of("evening:2") == BookingState.RELEASED
    assert on_exchange.meetings() == []
    told = ["wished", "tried", "unreachable", "given_up", "unreachable", "released"]
    assert kinds(second) == told, "a long outage is one line"


def test_a_room_that_answers_while_nobody_can_hear_is_heard_soon_after(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    on_exchange.room(FJELL, mode="late", delay=600)
    book()
    exchange_worker.work(timedelta(minutes=1))
    on_exchange.fault("unavailable", times=None)
    exchange_worker.work(timedelta(hours=6))
    on_exchange.calm()
    exchange_worker.work(timedelta(minutes=5))
    assert state_of() == BookingState.CONFIRMED


def test_a_busy_server_is_left_in_peace_by_a_worker_that_has_just_started(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote
) -> None:
    on_exchange.fault("busy", seconds=300)
    book()
    exchange_worker.work(timedelta(seconds=30))
    restart()
    exchange_worker.work(timedelta(minutes=4))
    assert sum(on_exchange.state()["calls"].values()) == 1
    exchange_worker.work(timedelta(minutes=3))
    assert state_of() == BookingState.CONFIRMED


def test_one_fault_alone_shuts_nothing(exchange_worker: Worker, fjell: Room, on_exchange: Remote) -> None:
    on_exchange.fault("unavailable")
    book()
    exchange_worker.work(timedelta(seconds=5))
    stands = line.find_line()
    assert stands is not None
    assert stands.is_open
    assert state_of() == BookingState.CONFIRMED


def test_the_embedded_calendar_has_no_line(worker: Worker, session: object) -> None:
    assert line.why_shut() is None


def test_the_password_is_not_in_the_database(untried: Worker, on_exchange: Remote) -> None:
    book()
    untried.work()
    stands = line.find_line()
    assert stands is not None
    assert len(stands.login) == 64
    assert "portal-secret" not in stands.login


@pytest.mark.parametrize(("knocks", "seconds"), [(0, 5), (1, 10), (4, 80), (400, 80)])
def test_knocks_grow_seldom_but_never_so_that_five_minutes_would_not_do(knocks: int, seconds: int) -> None:
    assert rules.next_knock(knocks) == timedelta(seconds=seconds)


def test_a_line_shut_long_ago_for_another_password_is_forgotten(untried: Worker, on_exchange: Remote) -> None:
    with transaction():
        line.note_answer()
        stands = line.find_line()
        assert stands is not None
        stands.login, stands.since = "0" * 64, datetime(2026, 11, 1, tzinfo=clock.now().tzinfo)
    with transaction():
        line.note_answer()
    db.session.expire_all()
    assert line.find_line() is not None
    assert db.session.get(type(line.find_line()), "0" * 64) is None
