"""Looking at rooms: how far ahead they may be booked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.blueprints.rooms import queries, rules, service
from portal.core.db import transaction
from portal.core.errors import NotFound
from tests.factories.rooms import make_room
from tests.rooms.conftest import START, Worker, night


def test_a_room_tells_how_far_ahead_it_may_be_booked(session: Session) -> None:
    room = make_room(window_days=30)
    assert queries.window_of(room.id) == timedelta(days=30)
    with pytest.raises(NotFound):
        queries.window_of(room.id + 1)


def test_without_a_room_the_one_that_looks_furthest_counts(session: Session) -> None:
    assert queries.window_of(None) == rules.WINDOW
    make_room(window_days=30)
    make_room(window_days=60)
    make_room(window_days=90, is_bookable=False)
    assert queries.window_of(None) == timedelta(days=60)


def test_no_room_is_asked_beyond_its_window_or_for_too_long(worker: Worker) -> None:
    near, far = make_room("Nær", seats=6, window_days=2), make_room("Langt", seats=20)
    short = make_room("Stutt", seats=7, longest_minutes=60)
    assert night()["starts_at"] > START + near.window
    with transaction():
        booking = service.book(purpose="evening:1", title="Brettspel", seats=6, **night())
    assert booking.room_id == far.id
    with transaction():
        brief = service.book(purpose="evening:2", title="Brettspel", seats=6, **night(hours=1))
    assert brief.room_id == short.id
