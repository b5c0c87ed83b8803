from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import recurring_ical_events
from icalendar import Calendar, Event
from sqlalchemy.orm import Session

from portal.blueprints.events.ical import feed, invitations
from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.signups import SignUpState
from portal.blueprints.events.queries import calendars
from portal.blueprints.people.models import Person
from portal.core import i18n
from portal.core.db import transaction
from tests.factories.events import MONDAY, make_evening, make_sign_up
from tests.factories.people import make_person

EVIL = 'Spel"\r\nATTENDEE:mailto:evil@example.org\r\nEND:VEVENT\nX: \x0b\x85\u2028;,\\n'


def only_event(written: bytes) -> Event:
    calendar = Calendar.from_ical(written)
    assert isinstance(calendar, Calendar)
    assert len(calendar.events) == 1
    return calendar.events[0]


def lines(written: bytes) -> list[str]:
    return written.decode().replace("\r\n ", "").split("\r\n")


@pytest.fixture
def evening(session: Session) -> Evening:
    with transaction():
        return make_evening(own_place="Ulriken", capacity=6)


def test_an_invitation_is_a_request_with_one_attendee(evening: Evening, anne: Person) -> None:
    written = invitations.invitation(evening, anne, sequence=3)
    calendar, event = Calendar.from_ical(written), only_event(written)
    assert calendar["METHOD"] == "REQUEST"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (evening.uid, 3, "CONFIRMED")
    assert str(event["ATTENDEE"]).lower() == f"mailto:{anne.email}"
    assert event["ATTENDEE"].params["CN"] == anne.name
    assert str(event["ORGANIZER"]).lower() == "mailto:tunet@localhost"
    assert event["LOCATION"] == "Ulriken"
    assert len(event.walk("VALARM")) == 1
    assert f"/kveldar/{evening.id}" in event["URL"]


def test_the_time_is_that_of_the_wall_in_oslo_with_its_zone(evening: Evening, anne: Person) -> None:
    written = invitations.invitation(evening, anne, sequence=0)
    assert "DTSTART;TZID=Europe/Oslo:20261126T170000" in lines(written)
    assert "TZID:Europe/Oslo" in lines(written)
    assert only_event(written).start == evening.starts_at
    assert only_event(written).end == evening.ends_at


@pytest.mark.parametrize(
    ("moment", "wall"),
    [
        (datetime(2026, 3, 25, 16, tzinfo=UTC), "20260325T170000"),
        (datetime(2026, 4, 1, 15, tzinfo=UTC), "20260401T170000"),
        (datetime(2026, 10, 21, 15, tzinfo=UTC), "20261021T170000"),
        (datetime(2026, 10, 28, 16, tzinfo=UTC), "20261028T170000"),
        (datetime(2027, 3, 31, 15, tzinfo=UTC), "20270331T170000"),
    ],
)
def test_the_written_zone_knows_summer_time(session: Session, anne: Person, moment: datetime, wall: str) -> None:
    with transaction():
        evening = make_evening(moment)
    written = invitations.invitation(evening, anne, sequence=0)
    assert f"DTSTART;TZID=Europe/Oslo:{wall}" in lines(written)
    zone = Calendar.from_ical(written).walk("VTIMEZONE")[0].to_tz(lookup_tzid=False)
    shown = datetime.fromisoformat(wall)
    assert shown.replace(tzinfo=UTC) - zone.utcoffset(shown) == moment


def test_a_cancellation_has_the_same_uid_and_says_so(evening: Evening, anne: Person) -> None:
    written = invitations.cancellation(evening, anne, sequence=4)
    event = only_event(written)
    assert Calendar.from_ical(written)["METHOD"] == "CANCEL"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (evening.uid, 4, "CANCELLED")
    assert not event.walk("VALARM")


@pytest.mark.parametrize("locale", ["nn", "nb", "en"])
def test_an_invitation_is_in_the_language_of_its_receiver(evening: Evening, locale: str) -> None:
    with transaction():
        person = make_person("Kari Åsane", locale=locale)
    event = only_event(invitations.invitation(evening, person, sequence=0))
    assert event["SUMMARY"] == "Brettspelkveld"
    assert i18n.text("Sign up or drop out here: %(address)s", locale, address=event["URL"]) in event["DESCRIPTION"]


def test_what_people_write_cannot_become_lines_of_the_file(session: Session) -> None:
    with transaction():
        person = make_person(f"Ove {EVIL}"[:110])
        evening = make_evening(own_title=EVIL, own_text=EVIL, own_place=EVIL)
    for written in (
        invitations.invitation(evening, person, sequence=0),
        invitations.cancellation(evening, person, sequence=1),
    ):
        event = only_event(written)
        assert not isinstance(event["ATTENDEE"], list)
        assert not [line for line in lines(written) if line.startswith(("ATTENDEE:", "X:"))]
        assert sum(line == "END:VEVENT" for line in lines(written)) == 1
        assert b"\x0b" not in written
        assert "evil@example.org" in event["SUMMARY"]  # shown as the words they are


def test_lines_are_folded_and_end_as_the_standard_says(session: Session, anne: Person) -> None:
    with transaction():
        evening = make_evening(own_text="Ærleg talt: blåbærsyltetøy på rømmegraut. " * 20)
    written = invitations.invitation(evening, anne, sequence=0)
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert max(len(line) for line in written.split(b"\r\n")) <= 75


def test_the_feed_has_what_one_comes_to_waits_for_and_what_was_called_off(session: Session, anne: Person) -> None:
    with transaction():
        nights = [make_evening(MONDAY + timedelta(days=number), own_title=f"Kveld {number}") for number in (1, 2, 3)]
        make_sign_up(nights[0], anne)
        make_sign_up(nights[1], anne, state=SignUpState.WAITING)
        make_sign_up(nights[2], anne)
        nights[2].cancel()
        make_sign_up(make_evening(own_title="Andre sin"), make_person())
    written = feed.feed(calendars.feed(anne.id), anne)
    calendar = Calendar.from_ical(written)
    assert [(event["SUMMARY"], event["STATUS"]) for event in calendar.events] == [
        ("Kveld 1", "CONFIRMED"),
        ("Kveld 2", "TENTATIVE"),
        ("Kveld 3", "CANCELLED"),
    ]
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines(written)
    assert "X-PUBLISHED-TTL:PT1H" in lines(written)
    assert "METHOD" not in calendar
    assert b"ATTENDEE" not in written
    found = recurring_ical_events.of(calendar).between(MONDAY, MONDAY + timedelta(days=7))
    assert [event.start for event in found] == [night.starts_at for night in nights]


def test_the_feed_stays_the_same_while_the_evenings_do(session: Session, anne: Person, at) -> None:  # type: ignore[no-untyped-def]
    with transaction():
        evening = make_evening()
        make_sign_up(evening, anne)
    first = feed.feed(calendars.feed(anne.id), anne)
    at(MONDAY + timedelta(hours=5))
    assert feed.feed(calendars.feed(anne.id), anne) == first
    with transaction():
        evening.move(evening.starts_at + timedelta(hours=1), evening.ends_at + timedelta(hours=1))
    assert feed.feed(calendars.feed(anne.id), anne) != first
