"""Reading calendars that others have written, honest ones and hostile ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.shifts import ical, rules
from portal.blueprints.shifts.rules import Entry, Fault, Kind
from portal.blueprints.shifts.service import reading
from portal.core import clock
from tests.factories.shifts import NOW


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def calendar(*events: str) -> bytes:
    blocks = "".join(f"BEGIN:VEVENT\r\n{event.strip()}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{blocks}END:VCALENDAR\r\n".encode()


STARTS, ENDS = "TZID=Europe/Oslo:20261127T070000", "TZID=Europe/Oslo:20261127T150000"


def event(*lines: str, start: str = STARTS, end: str = ENDS) -> str:
    return "\r\n".join([f"DTSTART;{start}", f"DTEND;{end}", "ATTENDEE:mailto:anne@tunet.example", *lines])


def entries(*events: str) -> list[Entry]:
    found = reading.read(calendar(*events))
    assert not found.bad, found.bad
    return sorted(found.entries, key=lambda entry: entry.span)


def faults(*events: str) -> list[tuple[int, Fault]]:
    return [(bad.line, bad.fault) for bad in reading.read(calendar(*events)).bad]


def shown(found: list[Entry]) -> list[str]:
    return [f"{clock.wall(each.span.starts_at):%m-%d %H:%M}-{clock.wall(each.span.ends_at):%H:%M}" for each in found]


def test_a_shift_has_a_person_a_time_and_a_line() -> None:
    (found,) = entries(event("UID:1", "SUMMARY:Tidlegvakt", "DESCRIPTION:om ein pasient"))
    assert found.line == 3
    assert found.who[0] == ("anne@tunet.example",)
    assert found.kind is Kind.WORK
    assert shown([found]) == ["11-27 07:00-15:00"]


def test_repeating_shifts_are_written_out_as_far_as_we_look() -> None:
    found = entries(event("UID:1", "RRULE:FREQ=WEEKLY;BYDAY=MO,TU", "EXDATE;TZID=Europe/Oslo:20261201T070000"))
    assert shown(found)[:3] == ["11-27 07:00-15:00", "11-30 07:00-15:00", "12-07 07:00-15:00"]
    assert max(each.span.starts_at for each in found) < NOW + rules.CALENDAR_AHEAD


def test_the_clock_on_the_wall_holds_over_both_nights() -> None:
    begun = {"start": "TZID=Europe/Oslo:20270301T070000", "end": "TZID=Europe/Oslo:20270301T150000"}
    found = entries(event("UID:1", "RRULE:FREQ=DAILY;COUNT=60", **begun))
    assert {each[6:] for each in shown(found)} == {"07:00-15:00"}
    assert {each.span.starts_at.hour for each in found} == {5, 6}
    night = {"start": "TZID=Europe/Oslo:20270327T220000", "end": "TZID=Europe/Oslo:20270328T070000"}
    assert entries(event("UID:2", **night))[0].span.length == timedelta(hours=8)


def test_one_of_a_series_that_is_moved_or_cancelled() -> None:
    series = event("UID:1", "RRULE:FREQ=DAILY;COUNT=3")
    moved = event(
        "UID:1",
        "RECURRENCE-ID;TZID=Europe/Oslo:20261128T070000",
        start="TZID=Europe/Oslo:20261128T150000",
        end="TZID=Europe/Oslo:20261128T220000",
    )
    gone = event("UID:1", "RECURRENCE-ID;TZID=Europe/Oslo:20261129T070000", "STATUS:CANCELLED")
    assert shown(entries(series, moved, gone)) == ["11-27 07:00-15:00", "11-28 15:00-22:00"]


def test_outlooks_name_of_the_zone_utc_and_no_zone_at_all() -> None:
    zone = "TZID=W. Europe Standard Time"
    named = event("UID:1", start=f"{zone}:20261127T070000", end=f"{zone}:20261127T150000")
    utc = "UID:2\r\nDTSTART:20261127T060000Z\r\nDURATION:PT8H\r\nATTENDEE:mailto:anne@tunet.example"
    floating = "UID:3\r\nDTSTART:20261127T070000\r\nDTEND:20261127T150000\r\nATTENDEE:mailto:anne@tunet.example"
    assert shown(entries(named, utc, floating)) == ["11-27 07:00-15:00"] * 3


def test_whole_days_are_leave_only_if_they_say_so() -> None:
    days = {"start": "VALUE=DATE:20261201", "end": "VALUE=DATE:20261204"}
    leave, note, out = (
        event(f"UID:{number}", words, **days)
        for number, words in enumerate(["SUMMARY:Anne – ferie", "SUMMARY:Haustfest", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"])
    )
    found = entries(leave, note, out)
    assert [each.kind for each in found] == [Kind.LEAVE, Kind.LEAVE]
    assert found[0].span.length == timedelta(days=3)


def test_the_person_is_who_is_asked_else_in_the_title_else_who_asks() -> None:
    (found,) = entries(
        "UID:1\r\nDTSTART:20261127T060000Z\r\nDURATION:PT8H\r\nSUMMARY:Tidlegvakt: Anne Askeland\r\n"
        "ATTENDEE;PARTSTAT=DECLINED:mailto:bjarne@tunet.example\r\nATTENDEE;CUTYPE=ROOM:mailto:rom@tunet.example\r\n"
        "ORGANIZER:MAILTO:Vakt@Tunet.example"
    )
    assert found.who == (("tidlegvakt", "anne askeland"), ("vakt@tunet.example",))


def test_a_shift_at_the_sjukehus_is_no_leave() -> None:
    assert entries(event("UID:1", "SUMMARY:Haukeland sjukehus\\, tidleg"))[0].kind is Kind.WORK


def test_long_lines_that_are_folded_are_put_together() -> None:
    (found,) = entries(event("UID:1", "SUMMARY:Tidleg\r\n vakt og meir"))
    assert found.kind is Kind.WORK


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["RRULE:FREQ=SECONDLY"], Fault.REPEATS),
        (["RRULE:FREQ=MINUTELY;COUNT=5"], Fault.REPEATS),
        (["RRULE:FREQ=DAILY;INTERVAL=0"], Fault.EVENT),
        (["RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"], Fault.REPEATS),
        (["RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"], Fault.REPEATS),
        (["RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=MO"], Fault.REPEATS),
        (["RRULE:FREQ=MONTHLY;BYDAY=6MO"], Fault.REPEATS),
        (["RRULE:FREQ=MONTHLY;BYSETPOS=400;BYDAY=MO"], Fault.REPEATS),
        (["RRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24)))], Fault.REPEATS),
        (["RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"], Fault.EVENT),
        (["RRULE:FREQ=OFTEN"], Fault.EVENT),
        (["EXDATE:hei"], Fault.EVENT),
        (["SUMMARY:" + "x" * 30_000], Fault.TOO_BIG),
    ],
)
def test_repetitions_that_lead_nowhere_are_refused_by_line(lines: list[str], fault: Fault) -> None:
    (found,) = faults(event("UID:1", *lines))
    assert found[1] in {fault, Fault.REPEATS}
    assert found[0] > 0


def test_a_repetition_from_the_stone_age_is_refused() -> None:
    ancient = {"start": "TZID=Europe/Oslo:00010101T070000", "end": "TZID=Europe/Oslo:00010101T150000"}
    assert [fault for _, fault in faults(event("UID:1", "RRULE:FREQ=DAILY", **ancient))] in (
        [Fault.REPEATS],
        [Fault.EVENT],
    )


def test_an_unknown_zone_and_odd_spans_are_refused_by_line() -> None:
    odd = {"start": "TZID=Middle/Earth:20261127T070000", "end": "TZID=Middle/Earth:20261127T150000"}
    long = {"start": "TZID=Europe/Oslo:20261127T070000", "end": "TZID=Europe/Oslo:20261130T150000"}
    assert faults(event("UID:1", **odd), event("UID:2", **long), event("UID:3")) == [
        (3, Fault.ZONE),
        (9, Fault.LONG_SHIFT),
    ]


def test_a_hundred_thousand_events_are_refused_before_they_are_looked_at() -> None:
    many = b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 100_000 + b"END:VCALENDAR\n"
    assert [bad.fault for bad in reading.read(many).bad] == [Fault.TOO_MANY]


def test_many_endless_repetitions_together_are_refused() -> None:
    begun = {"start": "TZID=Europe/Oslo:20200101T070000", "end": "TZID=Europe/Oslo:20200101T150000"}
    each = calendar(*(event(f"UID:{number}", "RRULE:FREQ=DAILY", **begun) for number in range(200)))
    assert [bad.fault for bad in reading.read(each).bad] == [Fault.TOO_MANY]


def test_a_zone_of_their_own_making_is_not_even_read() -> None:
    zone = (
        b"BEGIN:VTIMEZONE\r\nTZID:Europe/Oslo\r\nBEGIN:STANDARD\r\nDTSTART:00010101T000000\r\nTZOFFSETFROM:+1200\r\n"
        b"TZOFFSETTO:+1200\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    content = calendar(event("UID:1")).replace(b"VERSION:2.0\r\n", zone)
    found = reading.read(content)
    assert shown(list(found.entries)) == ["11-27 07:00-15:00"]


def test_components_inside_components_without_end_are_refused() -> None:
    deep = b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 50
    assert [bad.fault for bad in reading.read(deep).bad] == [Fault.TOO_MANY]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "DTSTART:20261127T060000Z",
                "DTEND:20261127T140000Z",
                "DTSTART;VALUE=DATE:20261127",
                "DTEND;VALUE=DATE:20261126",
                "DURATION:-PT8H",
                "RRULE:FREQ=DAILY",
                "RRULE:FREQ=WEEKLY;COUNT=2",
                "RDATE:20261128T060000Z",
                "EXDATE:20261127T060000Z",
                "UID:1",
                "RECURRENCE-ID:20261127T060000Z",
                "STATUS:CANCELLED",
                "ATTENDEE:mailto:a@b.no",
                "SUMMARY:fri",
                "SEQUENCE:-1",
                "BEGIN:VALARM",
                "END:VALARM",
                "END:VEVENT",
                "BEGIN:VEVENT",
                "DTSTART:tull",
                "RDATE;VALUE=PERIOD:20261128T060000Z/PT1H",
            ]
        ),
        max_size=14,
    )
)
def test_no_calendar_breaks_the_reading(lines: list[str]) -> None:
    found = reading.read(calendar("\r\n".join(lines)))
    assert found.entries or found.bad


def test_the_reader_asks_for_a_calendar() -> None:
    with pytest.raises(rules.BadRota):
        ical.read("hei")
