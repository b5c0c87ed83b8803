"""What is done in Outlook is seen here within two minutes by the schedule alone, also right after a sweep has ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.blueprints.rooms import facts
from portal.blueprints.rooms.models import Room
from portal.core import jobs
from portal.core.db import db, transaction
from tests.exchange_server.client import Remote
from tests.rooms.conftest import FJELL, Worker, book, night

Edit = Callable[[Remote, str], None]
HOUR = timedelta(hours=1)


def move(remote: Remote, meeting_id: str) -> None:
    remote.move(meeting_id, **night(27))


def shorten(remote: Remote, meeting_id: str) -> None:
    remote.move(meeting_id, night()["starts_at"], night()["ends_at"] - HOUR)


def delete(remote: Remote, meeting_id: str) -> None:
    remote.delete(meeting_id)


def take_back(remote: Remote, meeting_id: str) -> None:
    remote.respond(meeting_id, FJELL, "Decline")


def after_a_sweep(worker: Worker) -> None:
    """Work on until a sweep of the schedule has just ended."""
    with transaction():
        jobs.ensure_schedules()
    worker.work(timedelta(minutes=10))
    due_at = db.session.scalar(select(jobs.Job.next_at).where(jobs.Job.key == "schedule:rooms.reconcile"))
    db.session.rollback()
    assert due_at is not None
    worker.work(due_at - worker.moment + timedelta(milliseconds=1))


@pytest.mark.parametrize(
    ("edit", "fact"),
    [
        (move, facts.BookingMovedOutside),
        (shorten, facts.BookingMovedOutside),
        (delete, facts.BookingVanished),
        (take_back, facts.BookingDeclined),
    ],
)
def test_an_edit_in_outlook_is_seen_within_two_minutes(
    exchange_worker: Worker, fjell: Room, on_exchange: Remote, told: list[object], edit: Edit, fact: type
) -> None:
    booking = book()
    exchange_worker.work(timedelta(minutes=1))
    after_a_sweep(exchange_worker)
    told.clear()
    edit(on_exchange, on_exchange.meetings()[0]["id"])
    exchange_worker.work(timedelta(minutes=2))
    assert [type(each) for each in told] == [fact]
    assert told[0].booking_id == booking.id  # type: ignore[attr-defined]
