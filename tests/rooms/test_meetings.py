"""A room for a meeting without an event: held, booked, seen, given back; within quotas; one's own only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.facts import PersonLeft
from portal.blueprints.people.models import Person
from portal.blueprints.rooms import service
from portal.blueprints.rooms.models import Booking, BookingState, EmbeddedMeeting, OpenTo, Room
from portal.blueprints.rooms.ports import Answer, Meeting
from portal.blueprints.rooms.service import answers, meetings
from portal.core import clock
from portal.core.db import db, transaction
from portal.core.facts import record
from portal.core.settings import current_settings
from tests.client import AuditingClient
from tests.factories.rooms import make_room
from tests.rooms.conftest import START, Worker, night

Browse = Callable[[Person], AuditingClient]
DAY = date(2026, 11, 26)
DAY_PAGE = f"/rom/dag/{DAY.isoformat()}"


def form(**values: object) -> dict[str, object]:
    sent = {"key": "k1", "day": DAY.isoformat(), "starts": "13:00", "minutes": 60, "seats": 3, "room_id": 0, "name": ""}
    return {**sent, **values}


def mine(person: Person) -> list[Booking]:
    db.session.expire_all()
    return list(meetings.meetings_of(person.id, now=clock.now()))


def slot_at(client: AuditingClient, time: str) -> dict[str, str]:
    page = client.soup(DAY_PAGE)
    cell = next(b for b in page.select(".day-list button") if b.get_text().startswith(time))
    return {"slot": str(cell["value"]), "key": str(page.select_one("#day input[name=key]")["value"])}  # type: ignore[index]


def test_a_free_cell_holds_the_room_and_the_form_books_it(
    worker: Worker, browse: Browse, anne: Person, bjarne: Person
) -> None:
    make_room("Fjell")
    client = browse(anne)
    held = client.post("/rom/hald", data=slot_at(client, "13:00"))
    assert held.status_code == 303
    page = client.soup(held.location)
    assert "Fjell is held for you until" in page.get_text(" ", strip=True)
    (booking,) = mine(anne)
    assert booking.state == BookingState.HELD
    assert "13:00" not in [b.get_text()[:5] for b in browse(bjarne).soup(DAY_PAGE).select(".day-list button")]
    sent = {field["name"]: field.get("value", "") for field in page.select("form[action='/rom/ny'] input[name]")}
    sent |= {"room_id": booking.room_id, "name": "Vaktsamtale"}
    assert client.post("/rom/ny", data=sent).location == "/rom/mine"
    worker.work()
    (booking,) = mine(anne)
    assert (booking.state, booking.own_name) == (BookingState.CONFIRMED, "Vaktsamtale")
    assert [step.kind for step in booking.steps][:2] == ["held", "wished"]
    assert db.session.scalars(select(EmbeddedMeeting)).one()
    assert "Vaktsamtale" in client.get("/rom/mine").text
    assert [notice.kind for notice in db.session.scalars(select(Notice))] == ["rooms.confirmed"]


def test_nothing_of_whose_or_what_goes_out_or_is_seen_by_others(
    worker: Worker, browse: Browse, anne: Person, bjarne: Person, carla: Person
) -> None:
    make_room("Fjell")
    browse(anne).post("/rom/ny", data=form(name="Vaktsamtale"))
    (booking,) = mine(anne)
    assert booking.title == "Møte (Tunet)"
    for path in ("/rom/", DAY_PAGE):
        text = browse(bjarne).get(path).text
        assert "Vaktsamtale" not in text
        assert anne.name not in text
    assert "Vaktsamtale" not in browse(carla).get("/styring/rom/bookingar").text


def test_the_same_form_sent_twice_books_once(worker: Worker, browse: Browse, anne: Person) -> None:
    make_room("Fjell")
    make_room("Fjord")
    client = browse(anne)
    for _ in range(2):
        assert client.post("/rom/ny", data=form()).status_code == 303
    assert len(mine(anne)) == 1


@pytest.mark.parametrize("act", ["", "/avlysing", "/endring", "/kalenderen", "/paa-nytt"])
def test_the_meetings_of_others_do_not_exist(
    worker: Worker, browse: Browse, anne: Person, bjarne: Person, act: str
) -> None:
    make_room("Fjell")
    browse(anne).post("/rom/ny", data=form())
    (booking,) = mine(anne)
    slot = {"slot": f"{booking.room_id}@{booking.starts_at.isoformat()}@30"}
    path = f"/rom/mine/{booking.id}{act}"
    client = browse(bjarne)
    assert (client.post(path, data=slot) if act else client.get(path)).status_code == 404
    assert client.get(f"/rom/ny?hald={booking.id}").status_code == 404
    assert client.post("/rom/ny", data=form()).status_code == 404


def test_an_evenings_booking_is_nobodys_meeting(worker: Worker, browse: Browse, carla: Person) -> None:
    make_room("Fjell")
    with transaction():
        booking = service.book(purpose="evening:1", title="Brettspel", seats=4, **night())
    assert browse(carla).get(f"/rom/mine/{booking.id}").status_code == 404


def test_what_is_taken_meanwhile_is_answered_with_what_is_free(
    worker: Worker, browse: Browse, anne: Person, bjarne: Person
) -> None:
    room, _ = make_room("Fjell", floor="3"), make_room("Fjord", floor="1")
    client = browse(anne)
    slot = {"slot": f"{room.id}@{DAY.isoformat()}T12:00:00+00:00@60", "key": "a"}
    browse(bjarne).post("/rom/ny", data=form(room_id=room.id, key="b"))
    answer = client.post("/rom/hald", data=slot)
    assert answer.status_code == 409
    assert "The room was just taken. These are free:" in answer.text
    assert "Another room" in answer.text
    assert "Fjord" in answer.text
    answer = client.post("/rom/ny", data=form(room_id=room.id))
    assert (answer.status_code, "Fjord" in answer.text) == (409, True)
    assert mine(anne) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"day": "2026-11-20"}, "still to come"),
        ({"starts": "13:02"}, "whole five minutes"),
        ({"minutes": 0}, "It lasts from"),
        ({"seats": ""}, "Say how many you are."),
        ({"name": "Samtale om 13097248022"}, "national identity number"),
    ],
)
def test_what_cannot_be_a_meeting_comes_back(
    worker: Worker, browse: Browse, anne: Person, change: dict[str, object], words: str
) -> None:
    make_room("Fjell")
    answer = browse(anne).post("/rom/ny", data=form(**change))
    assert answer.status_code == 422
    assert words in answer.text
    assert mine(anne) == []


@pytest.mark.parametrize(
    "rule", [{"window_days": 1}, {"longest_minutes": 30}, {"opens_at": clock.wall(START).time().replace(hour=14)}]
)
def test_a_rooms_own_rules_hold(worker: Worker, browse: Browse, anne: Person, rule: dict[str, object]) -> None:
    room = make_room("Fjell", **rule)
    answer = browse(anne).post("/rom/ny", data=form(room_id=room.id))
    assert answer.status_code == 422
    assert "not open then" in answer.text


def test_a_room_for_organisers_is_theirs_alone(worker: Worker, browse: Browse, anne: Person, otto: Person) -> None:
    room = make_room("Storsal", open_to=OpenTo.ORGANISERS)
    assert browse(anne).post("/rom/ny", data=form()).status_code == 409
    assert browse(anne).post("/rom/ny", data=form(room_id=room.id)).status_code == 422
    assert browse(otto).post("/rom/ny", data=form(room_id=room.id, key="o")).status_code == 303
    assert mine(anne) == []


def test_nobody_has_more_meetings_ahead_or_hours_a_week_than_the_quota(
    worker: Worker, browse: Browse, anne: Person
) -> None:
    make_room("Fjell")
    client = browse(anne)
    for number in range(current_settings().meetings_ahead):
        sent = form(key=f"k{number}", starts=f"{10 + number}:00", minutes=60)
        assert client.post("/rom/ny", data=sent).status_code == 303
    answer = client.post("/rom/ny", data=form(key="more", starts="18:00"))
    assert (answer.status_code, "Give one back first" in answer.text) == (422, True)
    client.post(f"/rom/mine/{mine(anne)[0].id}/avlysing")
    answer = client.post("/rom/ny", data=form(key="long", starts="16:00", minutes=360))
    assert (answer.status_code, "more hours in one week" in answer.text) == (422, True)
    assert client.post("/rom/ny", data=form(key="next", day="2026-12-02", minutes=360)).status_code == 303


def test_a_meeting_is_shortened_and_given_back_in_one_press(worker: Worker, browse: Browse, anne: Person) -> None:
    make_room("Fjell")
    client = browse(anne)
    client.post("/rom/ny", data=form())
    worker.work()
    (booking,) = mine(anne)
    page = client.soup(f"/rom/mine/{booking.id}")
    press = next(f for f in page.select("form[action$='/endring']") if "End at 13:30" in f.get_text())
    assert client.post(str(press["action"]), data={"slot": press.select_one("[name=slot]")["value"]}).status_code == 303  # type: ignore[index]
    worker.work()
    (booking,) = mine(anne)
    assert (booking.ends_at - booking.starts_at, booking.state) == (timedelta(minutes=30), BookingState.CONFIRMED)
    for _ in range(2):
        assert client.post(f"/rom/mine/{booking.id}/avlysing").status_code == 303
    worker.work()
    assert mine(anne) == []
    assert db.session.scalars(select(EmbeddedMeeting)).all() == []


def test_what_somebody_did_in_outlook_waits_for_ones_choice(worker: Worker, browse: Browse, anne: Person) -> None:
    make_room("Fjell")
    client = browse(anne)
    client.post("/rom/ny", data=form())
    worker.work()
    (booking,) = mine(anne)
    with transaction():
        answers.note_outside_change(booking.id, meeting_of(booking, by=timedelta(hours=2)))
    assert "another time in the calendar" in client.get(f"/rom/mine/{booking.id}").text
    assert client.post(f"/rom/mine/{booking.id}/kalenderen").status_code == 303
    assert clock.wall(mine(anne)[0].starts_at).hour == 15


def test_whoever_leaves_gives_back_and_what_is_old_is_forgotten(worker: Worker, browse: Browse, anne: Person) -> None:
    make_room("Fjell")
    client = browse(anne)
    client.post("/rom/ny", data=form(name="Vaktsamtale"))
    client.post("/rom/ny", data=form(key="k2", day="2026-12-02"))
    worker.work()
    first, second = mine(anne)
    assert [each["name"] for each in meetings.export_meetings(anne.id)] == ["Vaktsamtale", ""]
    worker.jump_to(START + timedelta(days=18))
    with transaction():
        meetings.forget_old()
    assert (first.booked_by_id, first.own_name, second.booked_by_id) == (None, "", anne.id)
    worker.jump_to(START + timedelta(days=18))
    with transaction():
        meetings.erase(anne.id)
    assert meetings.export_meetings(anne.id) == []


def test_whoever_leaves_gives_their_rooms_back(worker: Worker, browse: Browse, anne: Person) -> None:
    make_room("Fjell")
    browse(anne).post("/rom/ny", data=form())
    with transaction():
        record(PersonLeft(person_id=anne.id))
    worker.work()
    assert mine(anne) == []


def test_a_day_of_fifty_rooms_asks_no_more_than_one_of_three(worker: Worker, browse: Browse, anne: Person) -> None:
    client = browse(anne)

    def asked(rooms: int) -> int:
        for number in range(rooms):
            make_room(f"Rom {number}")
        assert client.get(DAY_PAGE).status_code == 200
        return len(client.statements)

    few = asked(3)
    assert asked(47) == few <= 10


@pytest.mark.parametrize("path", ["/rom/dag/i-morgon", "/rom/dag/2026-11-01", "/rom/dag/2036-11-01", "/rom/ny?hald=99"])
def test_days_and_holds_that_are_not_here(browse: Browse, worker: Worker, anne: Person, path: str) -> None:
    assert browse(anne).get(path).status_code == 404


@pytest.mark.parametrize("slot", ["", "x", "1@2@3", "1@2026-11-26T12:00:00@60", "1@2026-11-26T12:00:00+00:00@9999"])
def test_a_slot_that_is_none(browse: Browse, worker: Worker, anne: Person, slot: str) -> None:
    make_room()
    assert browse(anne).post("/rom/hald", data={"slot": slot, "key": "a"}).status_code == 404


def meeting_of(booking: Booking, *, by: timedelta) -> Meeting:
    room = db.session.get(Room, booking.room_id)
    assert room is not None
    return Meeting(
        key=booking.uuid,
        uid=booking.uid,
        remote_id=booking.remote_id,
        mark="",
        room_addresses=(room.address,),
        starts_at=booking.starts_at + by,
        ends_at=booking.ends_at + by,
        answer=Answer.ACCEPTED,
        made_at=clock.now(),
    )
