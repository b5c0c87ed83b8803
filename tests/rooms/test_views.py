"""The pages about rooms: open to everybody to look at, to administrators to change."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from portal.blueprints.people.models import Person
from portal.blueprints.rooms import queries, service
from portal.blueprints.rooms.models import Room
from portal.blueprints.rooms.ports import BusyTimes, CalendarUnavailable, SignInRefused, Span
from portal.blueprints.rooms.service import line, stock
from portal.core import jobs
from portal.core.clock import at_wall, today
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.rooms import make_room
from tests.rooms.conftest import START, Worker, night

Browse = Callable[[Person], AuditingClient]
FORM = {
    "name": "Fjell",
    "address": "Rom-Fjell@example.org",
    "site": "Bygg A",
    "floor": "3",
    "seats": "8",
    "equipment": "skjerm, tavle",
    "opens_at": "07:00",
    "closes_at": "22:00",
    "window_days": "60",
    "longest_minutes": "240",
    "open_to": "everybody",
    "is_bookable": "1",
}


def test_a_broken_mailbox_is_marked_and_spoils_nothing(worker: Worker, browse: Browse, anne: Person) -> None:
    make_room("Fjell", busy_problem="ErrorMailRecipientNotFound")
    make_room("Fjord", busy_seen_at=START)
    text = browse(anne).soup("/rom/").get_text(" ", strip=True)
    assert text.count("cannot be read") == 1
    assert "not answered lately" not in text
    assert "As the calendar showed it" in text


def test_everybody_sees_when_rooms_are_taken(worker: Worker, browse: Browse, anne: Person) -> None:
    room = make_room("Fjell", equipment="skjerm, tavle")
    span = Span(starts_at=night()["starts_at"], ends_at=night()["ends_at"])
    stock.note_busy([BusyTimes(address=room.address, spans=(span,))], ends_at=START + timedelta(days=15), seen_at=START)
    page = browse(anne).soup("/rom/")
    text = page.get_text(" ", strip=True)
    assert "17:00–20:00 taken" in text
    assert "skjerm · tavle" in text
    assert len(page.select("#availability tbody td")) == 14


def test_our_own_bookings_show_before_the_calendar_knows_them(worker: Worker, browse: Browse, anne: Person) -> None:
    make_room("Fjell")
    with transaction():
        service.book(purpose="evening:1", title="Brettspel", seats=4, **night())
    text = browse(anne).get("/rom/").text
    assert "17:00–20:00 booked" in text
    assert "Brettspel" not in text


def test_an_old_copy_says_so(worker: Worker, browse: Browse, anne: Person) -> None:
    room = make_room("Fjell")
    stock.note_busy([BusyTimes(address=room.address)], ends_at=START + timedelta(days=15), seen_at=START)
    assert "not answered lately" not in browse(anne).get("/rom/").text
    worker.jump_to(START + timedelta(hours=1))
    assert "not answered lately" in browse(anne).get("/rom/").text


def test_the_page_and_its_fragment_show_the_same(worker: Worker, browse: Browse, anne: Person) -> None:
    make_room("Fjell")
    fragment = browse(anne).get("/rom/", headers={"HX-Request": "true"}).text
    assert "<html" not in fragment
    assert 'id="availability"' in fragment


def test_many_rooms_cost_no_more_questions_than_few(worker: Worker, browse: Browse, anne: Person) -> None:
    client = browse(anne)
    make_room("Fjell")
    client.get("/rom/")
    few = len(client.statements)
    for number in range(12):
        make_room(f"Rom {number}")
    client.get("/rom/")
    assert len(client.statements) == few


def test_an_administrator_adds_a_room(browse: Browse, carla: Person) -> None:
    client = browse(carla)
    assert client.post("/styring/rom/", data=FORM).status_code == 303
    (room,) = queries.all_rooms()
    assert (room.name, room.address, room.seats, room.equipment_list) == (
        "Fjell",
        "rom-fjell@example.org",
        8,
        ["skjerm", "tavle"],
    )
    assert "Fjell" in client.get("/styring/rom/").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Give the room a name."),
        ({"seats": "0"}, ""),
        ({"address": "rom"}, "Write a whole address."),
        ({"opens_at": "22:00", "closes_at": "07:00"}, "A room closes after it opens."),
    ],
)
def test_what_cannot_be_a_room_comes_back_with_what_was_written(
    browse: Browse, carla: Person, change: dict[str, str], words: str
) -> None:
    answer = browse(carla).post("/styring/rom/", data={**FORM, **change})
    assert answer.status_code == 422
    assert words in answer.text
    assert "skjerm, tavle" in answer.text
    assert queries.all_rooms() == []


def test_two_rooms_cannot_share_an_address(browse: Browse, carla: Person) -> None:
    client = browse(carla)
    client.post("/styring/rom/", data=FORM)
    answer = client.post("/styring/rom/", data={**FORM, "name": "Fjord"})
    assert answer.status_code == 422
    assert "There is a room with that address already." in answer.text


def test_a_room_that_is_closed_is_offered_no_more(browse: Browse, carla: Person) -> None:
    room = make_room("Fjell", address="rom-fjell@example.org")
    client = browse(carla)
    assert client.get(f"/styring/rom/{room.id}").status_code == 200
    closed = {name: value for name, value in FORM.items() if name != "is_bookable"}
    assert client.post(f"/styring/rom/{room.id}", data=closed).status_code == 303
    assert queries.rooms() == []
    assert len(queries.all_rooms()) == 1


def test_fetching_rooms_is_the_workers_work(browse: Browse, carla: Person) -> None:
    assert browse(carla).post("/styring/rom/henting").status_code == 303
    assert db.session.scalar(select(jobs.Job.name).where(jobs.Job.key == "rooms.take_in")) == "rooms.take_in"


def test_bookings_tell_their_whole_story(worker: Worker, browse: Browse, carla: Person) -> None:
    make_room("Fjell")
    with transaction():
        service.book(purpose="evening:1", title="Brettspel", seats=4, **night())
    worker.work()
    text = browse(carla).get("/styring/rom/bookingar").text
    for words in ("Brettspel", "A room is wished for", "The calendar is called", "The room says yes"):
        assert words in text


def test_empty_lists_say_so(browse: Browse, carla: Person) -> None:
    client = browse(carla)
    for path, words in (
        ("/rom/", "There are no rooms here yet."),
        ("/styring/rom/", "There are no rooms here yet."),
        ("/styring/rom/bookingar", "No room has been booked yet."),
        ("/styring/rom/nytt", "A new room"),
    ):
        assert words in client.get(path).text


@pytest.mark.parametrize("path", ["/styring/rom/", "/styring/rom/nytt", "/styring/rom/bookingar", "/styring/rom/1"])
def test_didrik_is_refused_the_administrators_pages(browse: Browse, didrik: Person, path: str) -> None:
    assert browse(didrik).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/styring/rom/", "/styring/rom/1", "/styring/rom/henting"])
def test_didrik_is_refused_every_change(browse: Browse, didrik: Person, path: str) -> None:
    assert browse(didrik).post(path, data=FORM).status_code == 403
    assert db.session.scalars(select(Room)).all() == []


def test_a_stranger_is_sent_to_sign_in(client: AuditingClient) -> None:
    assert client.get("/rom/").status_code == 303
    assert client.get("/styring/rom/").status_code == 303


def test_a_room_that_does_not_exist_is_not_found(browse: Browse, carla: Person) -> None:
    assert browse(carla).get("/styring/rom/404").status_code == 404


def test_a_shut_line_says_since_when_why_and_what_to_do_and_is_tried_in_one_press(
    worker: Worker, browse: Browse, carla: Person
) -> None:
    client = browse(carla)
    assert "left in peace" not in client.get("/styring/rom/bookingar").text
    with transaction():
        line.note_no_answer(SignInRefused("SignInRefused"))
    text = client.soup("/styring/rom/bookingar").get_text(" ", strip=True)
    for words in ("left in peace since today at 09:00", "refuses the sign-in", "It is tried next at 10:00"):
        assert words in text
    worker.jump_to(START + timedelta(minutes=5))
    assert client.post("/styring/rom/kalenderen").status_code == 303
    knock = db.session.scalars(select(jobs.Job).where(jobs.Job.key == line.KNOCK)).one()
    assert knock.next_at == worker.moment


def test_didrik_knocks_nowhere(browse: Browse, didrik: Person) -> None:
    assert browse(didrik).post("/styring/rom/kalenderen").status_code == 403


def test_while_the_calendar_rests_everything_can_be_wished_for_calmly(
    exchange_worker: Worker, fjell: Room, browse: Browse, anne: Person
) -> None:
    client = browse(anne)
    pages = ("/rom/", "/rom/dag/2026-11-26", "/rom/ny", "/rom/mine")
    assert not any("has not answered since" in client.get(path).text for path in pages)
    with transaction():
        line.note_no_answer(CalendarUnavailable("Timeout"))
    assert all("has not answered since today" in client.get(path).text for path in pages)
    sent = {"key": "k", "day": "2026-11-26", "starts": "13:00", "minutes": 60, "seats": 3, "room_id": 0, "name": ""}
    assert client.post("/rom/ny", data=sent).status_code == 303
    assert "Room wished for" in client.get("/rom/mine").text


def test_two_weeks_of_fifty_rooms_stay_within_their_queries_and_weight(
    worker: Worker, browse: Browse, anne: Person
) -> None:
    for number in range(50):
        make_room(f"Rom {number}", busy_seen_at=START)
    client = browse(anne)
    page = client.get("/rom/")
    assert len(client.statements) <= 8  # three of its own, the rest is the frame
    assert len(page.data) < 160_000
    assert len(gzip.compress(page.data)) < 10_000
    day = client.get("/rom/dag/2026-11-26")
    assert len(client.statements) <= 8
    assert len(gzip.compress(day.data)) < 18_000


def test_a_list_of_a_day_comes_without_the_grid(worker: Worker, browse: Browse, anne: Person) -> None:
    make_room("Fjell")
    client = browse(anne)
    assert client.soup("/rom/dag/2026-11-26").select(".day-grid")
    page = client.soup("/rom/dag/2026-11-26?vis=liste")
    assert not page.select(".day-grid")
    assert page.select(".day-list button")


def test_a_meeting_over_midnight_is_on_both_days_and_a_room_never_seen_is_unknown(
    worker: Worker, browse: Browse, anne: Person
) -> None:
    room = make_room("Fjell")
    make_room("Fjord")
    night_through = Span(starts_at=at_wall(date(2026, 11, 26), time(22)), ends_at=at_wall(date(2026, 11, 27), time(2)))
    stock.note_busy(
        [BusyTimes(address=room.address, spans=(night_through,))], ends_at=START + timedelta(days=15), seen_at=START
    )
    page = browse(anne).soup("/rom/")
    known, unknown = page.select("#availability tbody tr")
    taken = [n for n, day in enumerate(known.select("td")) if "22:00–02:00 taken" in day.get_text()]
    first = (date(2026, 11, 26) - today()).days
    assert taken == [first, first + 1]
    assert [bar["x"] + " " + bar["width"] for bar in known.select("rect")] == ["93.8% 6.2%"]
    assert len(known.find_all(string="free")) == 12
    assert len(unknown.find_all(string="unknown")) == 14
