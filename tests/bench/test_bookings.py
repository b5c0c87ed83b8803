"""The bench of bookings on a small scale, and that it sees what is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from bench import bookings, bookings_compare
from bench.bookings_compare import Outcome
from portal.blueprints.rooms.models import Booking, BookingState
from portal.core.db import db, transaction
from tests.exchange_server.client import Remote
from tests.exchange_server.server import ExchangeServer
from tests.factories.rooms import make_room

STARTS = datetime(2027, 1, 7, 16, tzinfo=UTC)
RIGHT = Outcome(
    promised=2,
    given_back=0,
    without_room=0,
    lost=0,
    doubled=0,
    doubled_too_long=0,
    doubled_meanwhile=1,
    longest_double=40.0,
    sweep=120.0,
    orphaned=0,
    overlapping=0,
    is_settled=True,
)


@pytest.mark.slow
def test_nothing_is_lost_doubled_or_orphaned(
    tmp_path: Path, fresh_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PORTAL_FOLDER", "PORTAL_DATABASE", "PORTAL_CALENDAR"):
        monkeypatch.setenv(name, "")  # what the bench puts there is taken away again
    plan = bookings.Plan(bookings=16, workers=2, kill_every=30, seconds=600, seed=1, database="", is_brief=True)
    outcome = bookings.run(plan, tmp_path, fresh_database_url)
    assert outcome.is_right, outcome


def test_many_bookings_are_made_in_rounds_of_chances_of_their_own() -> None:
    whole = bookings.Plan(bookings=1100, workers=2, kill_every=30, seconds=60, seed=5, database="")
    assert [(plan.bookings, plan.seed) for plan in bookings.rounds(whole, most=500)] == [(500, 5), (500, 6), (100, 7)]
    assert list(bookings.rounds(replace(whole, seconds=0), most=500)) == []


def test_one_round_that_went_wrong_makes_the_whole_wrong() -> None:
    wrong = replace(RIGHT, lost=1, longest_double=70.0, is_settled=False)
    both = bookings_compare.together([RIGHT, wrong])
    assert (both.promised, both.lost, both.longest_double, both.is_settled) == (4, 1, 70.0, False)
    assert bookings_compare.together([RIGHT, RIGHT]).is_right


@pytest.mark.parametrize("name", ["lost", "doubled", "doubled_too_long", "orphaned", "overlapping"])
def test_anything_wrong_is_wrong(name: str) -> None:
    assert RIGHT.is_right
    assert not replace(RIGHT, **{name: 1}).is_right  # type: ignore[arg-type]
    assert not replace(RIGHT, is_settled=False).is_right


def test_the_comparison_sees_each_kind_of_wrong(own: Flask) -> None:
    with ExchangeServer() as server:
        remote = Remote(server.base)
        remote.room("rom-fjell@example.org")
        with own.app_context(), transaction():
            room = make_room("Fjell", address="rom-fjell@example.org")
            for number in range(2):
                db.session.add(confirmed(number, room_id=room.id))
        remote.occupy("rom-fjell@example.org", STARTS, STARTS + timedelta(hours=2), uid="nobody-knows")
        remote.occupy("rom-fjell@example.org", STARTS + timedelta(hours=1), STARTS + timedelta(hours=2), uid="nor-this")
        outcome = bookings_compare.compare(own, remote, is_settled=True)
    assert (outcome.promised, outcome.lost, outcome.orphaned, outcome.overlapping) == (2, 2, 2, 1)


def confirmed(number: int, *, room_id: int) -> Booking:
    """Make a booking that says it has its room."""
    return Booking(
        purpose=f"bench:{number}",
        title="Brettspel",
        seats=6,
        room_id=room_id,
        starts_at=STARTS + timedelta(days=number),
        ends_at=STARTS + timedelta(days=number, hours=2),
        state=BookingState.CONFIRMED,
    )
