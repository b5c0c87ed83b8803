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
from portal.blueprints.events.rules.reminders import Reminder
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


NIGHTS_OF_THE_CHANGE = [
    # Begins in summer time on 24 October 2026 and ends in the hour that comes twice, the first and the second time.
    (datetime(2026, 10, 24, 18, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    (datetime(2026, 10, 24, 18, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    (datetime(2026, 10, 25, 1, 15, tzinfo=UTC), datetime(2026, 10, 25, 4, tzinfo=UTC)),
    (datetime(2026, 10, 24, 18, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC)),
    # The hour that is left out on 28 March 2027.
    (datetime(2027, 3, 27, 19, tzinfo=UTC), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
    (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2027, 3, 28, 3, tzinfo=UTC)),
]


@pytest.mark.parametrize(("starts_at", "ends_at"), NIGHTS_OF_THE_CHANGE)
def test_an_evening_through_the_change_of_the_clock_is_as_long_as_it_is(
    session: Session, anne: Person, starts_at: datetime, ends_at: datetime
) -> None:
    with transaction():
        evening = make_evening(starts_at, ends_at=ends_at)
        make_sign_up(evening, anne)
    for written in (
        invitations.invitation(evening, anne, sequence=0),
        invitations.cancellation(evening, anne, sequence=1),
        feed.feed(calendars.feed(anne.id), anne),
    ):
        event = only_event(written)
        assert (event.start.astimezone(UTC), event.end.astimezone(UTC)) == (starts_at, ends_at)
        # What a program reads that knows the zone by the rule in the file alone.
        zone = Calendar.from_ical(written).walk("VTIMEZONE")[0].to_tz(lookup_tzid=False)
        for name, moment in (("DTSTART", starts_at), ("DTEND", ends_at)):
            value = event[name]
            shown = value.dt.replace(tzinfo=None)
            offset = zone.utcoffset(shown) if "TZID" in value.params else timedelta()
            assert shown.replace(tzinfo=UTC) - offset == moment


@pytest.mark.parametrize(
    ("reminder", "triggers"),
    [
        (Reminder.DAY_BEFORE, ["TRIGGER:-P1D"]),
        (Reminder.THREE_HOURS, ["TRIGGER:-PT3H"]),
        (Reminder.NEVER, []),
    ],
)
def test_the_alarm_is_the_one_that_was_chosen_and_the_feed_has_none(
    evening: Evening, anne: Person, reminder: Reminder, triggers: list[str]
) -> None:
    with transaction():
        make_sign_up(evening, anne)
    written = invitations.invitation(evening, anne, sequence=0, reminder=reminder)
    assert [line for line in lines(written) if line.startswith("TRIGGER")] == triggers
    assert b"VALARM" not in invitations.cancellation(evening, anne, sequence=1)
    assert b"VALARM" not in feed.feed(calendars.feed(anne.id), anne)


ONCE = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "ORGANIZER", "ATTENDEE", "STATUS", "CLASS", "URL")


def test_a_message_has_what_the_standard_asks_for_and_each_once(evening: Evening, anne: Person) -> None:
    for written, method in (
        (invitations.invitation(evening, anne, sequence=2), "REQUEST"),
        (invitations.cancellation(evening, anne, sequence=3), "CANCEL"),
    ):
        calendar, event = Calendar.from_ical(written), only_event(written)
        head = [line.partition(":")[0] for line in lines(written)][:6]
        assert head == ["BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD", "BEGIN"]
        assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", method)
        assert len(calendar.walk("VTIMEZONE")) == 1
        for name in ONCE:
            assert name in event
            assert not isinstance(event[name], list), name
        for never in ("RRULE", "RECURRENCE-ID", "EXDATE", "RDATE", "REQUEST-STATUS"):
            assert never not in event
        assert str(event["DTSTAMP"].dt.tzinfo) == "UTC"
        assert event["ATTENDEE"].params["RSVP"] == "FALSE"


def test_an_update_and_its_feed_carry_the_same_number(session: Session, anne: Person) -> None:
    with transaction():
        evening = make_evening()
        mine = make_sign_up(evening, anne)
        evening.number_withdrawal()  # somebody else has left
        mine.invited_sequence = evening.revision
    written = feed.feed(calendars.feed(anne.id), anne)
    assert only_event(written)["SEQUENCE"] == evening.revision == 2
    with transaction():
        evening.changes()
    written = feed.feed(calendars.feed(anne.id), anne)
    assert only_event(written)["SEQUENCE"] == evening.changed_revision == 3
