"""The room of an evening for its organisers: one press for another, for Outlook's time, for asking again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.service import evenings
from portal.blueprints.people.models import Person
from portal.blueprints.rooms import queries as rooms
from portal.blueprints.rooms import service as room_service
from portal.blueprints.rooms.models import Booking, BookingState
from portal.blueprints.rooms.service import answers
from portal.core import clock, jobs
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.events.test_jobs import elsewhere, notices
from tests.factories.events import evening_wish
from tests.factories.rooms import make_room

Browse = Callable[[Person], AuditingClient]


@pytest.fixture
def work(session: Session, invitations: object) -> Callable[[], None]:
    """Let the worker do what is due."""
    return lambda: [jobs.run_due(300) for _ in range(4)] and None


@pytest.fixture
def evening(otto: Person, work: Callable[[], None]) -> Evening:
    """Give an evening in Ulriken, confirmed."""
    with transaction():
        make_room("Ulriken", seats=12, floor="3")
        made = evenings.plan(otto, evening_wish(needs_room=True))
    work()
    return made


def booking_of(evening: Evening) -> Booking:
    db.session.expire_all()
    booking = rooms.booking_of(evening.purpose)
    assert booking is not None
    return booking


def card(client: AuditingClient, evening: Evening) -> str:
    return client.soup(f"/kveldar/{evening.id}").select_one("#room").get_text(" ", strip=True)  # type: ignore[union-attr]


def move_outside(evening: Evening, **by: timedelta) -> None:
    with transaction():
        answers.note_outside_change(booking_of(evening).id, elsewhere(booking_of(evening), **by))


def test_a_night_without_a_room_offers_what_is_nearest_in_one_press(
    browse: Browse, otto: Person, work: Callable[[], None]
) -> None:
    with transaction():
        make_room("Ulriken", seats=12)
        wish = evening_wish(needs_room=True)
        first, last = wish.starts_at - timedelta(minutes=30), wish.starts_at + timedelta(minutes=10)
        room_service.book(
            purpose="evening:999",
            title="Noko",
            seats=2,
            starts_at=first,
            ends_at=last,
        )
        made = evenings.plan(otto, wish)
    work()
    client = browse(otto)
    assert "A little later" in card(client, made)
    form = next(f for f in client.soup(f"/kveldar/{made.id}").select("#room form") if "later" in f.get_text())
    answer = client.post(str(form["action"]), data={"slot": form.select_one("[name=slot]")["value"]})  # type: ignore[index]
    assert answer.status_code == 303
    work()
    assert made.starts_at == wish.starts_at + timedelta(minutes=10)
    assert booking_of(made).state == BookingState.CONFIRMED
    assert made.room_place.startswith("Ulriken")
    assert "instead" not in card(client, made)


def test_outlooks_time_is_shown_and_followed_in_one_press(
    browse: Browse, otto: Person, evening: Evening, work: Callable[[], None]
) -> None:
    before = evening.starts_at
    move_outside(evening, by=timedelta(hours=1))
    work()
    client = browse(otto)
    assert "Somebody moved the meeting in the calendar" in card(client, evening)
    assert (evening.starts_at, evening.room_place) == (before, "")
    assert client.post(f"/kveldar/{evening.id}/rommet/kalenderen").status_code == 303
    work()
    assert (evening.starts_at, evening.room_place) == (before + timedelta(hours=1), "Ulriken, Bygg A")
    assert "until you choose" not in card(client, evening)


def test_asking_again_keeps_the_evening_and_gets_the_room_back(
    browse: Browse, otto: Person, evening: Evening, work: Callable[[], None]
) -> None:
    before = evening.starts_at
    move_outside(evening, by=timedelta(hours=1))
    work()
    assert browse(otto).post(f"/kveldar/{evening.id}/rommet/paa-nytt").status_code == 303
    work()
    assert (evening.starts_at, evening.room_place) == (before, "Ulriken, Bygg A")
    assert booking_of(evening).outside_change is None


def test_a_shortened_meeting_leaves_time_and_place_and_tells_the_organiser(
    browse: Browse, otto: Person, evening: Evening, work: Callable[[], None]
) -> None:
    booking = booking_of(evening)
    shorter = elsewhere(booking, timedelta())
    object.__setattr__(shorter, "ends_at", booking.ends_at - timedelta(hours=1))
    with transaction():
        answers.note_outside_change(booking.id, shorter)
    work()
    assert evening.room_place == "Ulriken, Bygg A"
    assert "Somebody shortened the meeting in the calendar" in card(browse(otto), evening)
    assert notices(otto)[-1] == "events.room_moved"


def test_a_removed_meeting_is_booked_again_only_when_asked_or_done_without(
    browse: Browse, otto: Person, evening: Evening, work: Callable[[], None]
) -> None:
    booking_id = booking_of(evening).id
    with transaction():
        for _ in range(2):
            answers.note_missing(booking_id)
    work()
    client = browse(otto)
    assert "Somebody removed the meeting in the calendar" in card(client, evening)
    assert booking_of(evening).state == BookingState.RELEASED
    assert client.post(f"/kveldar/{evening.id}/rommet/utan").status_code == 303
    assert "No room is needed." in card(client, evening)


def test_every_room_of_the_day_is_one_look_and_two_presses_away(
    browse: Browse, otto: Person, evening: Evening, work: Callable[[], None]
) -> None:
    other = make_room("Fløyen", seats=20)
    client = browse(otto)
    page = client.soup(f"/kveldar/{evening.id}/rommet/val")
    hour = clock.wall(evening.starts_at).hour
    free = next(b for b in page.select(".day-list button") if "Fløyen" in b.get_text() and f"{hour}:00" in b.get_text())
    confirm = client.get(f"/kveldar/{evening.id}/rommet/i-staden", query_string={"slot": free["value"]})
    assert "The evening keeps its time." in confirm.text
    assert client.post(f"/kveldar/{evening.id}/rommet/i-staden", data={"slot": free["value"]}).status_code == 303
    work()
    assert booking_of(evening).room_id == other.id
    assert evening.room_place.startswith("Fløyen")


def test_an_evening_that_begins_at_half_past_is_offered_at_half_past(
    browse: Browse, otto: Person, work: Callable[[], None]
) -> None:
    with transaction():
        make_room("Ulriken")
        made = evenings.plan(otto, evening_wish(clock.at_wall(clock.today() + timedelta(days=2), time(16, 30))))
    buttons = browse(otto).soup(f"/kveldar/{made.id}/rommet/val").select(".day-list button")
    assert buttons
    assert all(":30" in each.get_text() for each in buttons)


def test_a_room_taken_meanwhile_changes_nothing_and_offers_others(
    browse: Browse, otto: Person, evening: Evening, work: Callable[[], None]
) -> None:
    other = make_room("Fløyen", seats=20)
    make_room("Løvstakken", seats=14)
    with transaction():
        room_service.book(
            purpose="evening:999",
            title="Noko",
            seats=2,
            starts_at=evening.starts_at,
            ends_at=evening.ends_at,
            preferred_room_id=other.id,
        )
    before = booking_of(evening).id
    slot = f"{other.id}@{evening.starts_at.isoformat()}@180"
    answer = browse(otto).post(f"/kveldar/{evening.id}/rommet/i-staden", data={"slot": slot})
    assert answer.status_code == 409
    assert "Løvstakken" in answer.text
    assert booking_of(evening).id == before


@pytest.mark.parametrize("act", ["i-staden", "kalenderen", "paa-nytt", "utan"])
def test_didrik_chooses_no_rooms(browse: Browse, didrik: Person, evening: Evening, act: str) -> None:
    slot = f"1@{evening.starts_at.isoformat()}@60"
    assert browse(didrik).post(f"/kveldar/{evening.id}/rommet/{act}", data={"slot": slot}).status_code == 403
    assert browse(didrik).get(f"/kveldar/{evening.id}/rommet/val").status_code == 403


def test_nothing_is_chosen_once_it_has_begun(
    browse: Browse, otto: Person, evening: Evening, at: Callable[[datetime], None]
) -> None:
    at(evening.starts_at + timedelta(minutes=1))
    assert browse(otto).post(f"/kveldar/{evening.id}/rommet/utan").status_code == 409
