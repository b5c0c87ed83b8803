"""What is told, and when: tables of cases, no database."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.notifications import rules
from portal.blueprints.notifications.ports import Delivery

OSLO = ZoneInfo("Europe/Oslo")
EVERY_DAY = frozenset(range(7))
NIGHT = rules.Quiet(starts=time(20), ends=time(7), weekdays=EVERY_DAY)
LUNCH = rules.Quiet(starts=time(11), ends=time(11, 30), weekdays=frozenset({0, 1, 2, 3, 4}))
FRIDAY_NIGHT = rules.Quiet(starts=time(22), ends=time(9), weekdays=frozenset({4}))
WEEKEND = rules.Quiet(starts=time(0), ends=time(0), weekdays=frozenset({5, 6}))
SMALL_HOURS = rules.Quiet(starts=time(2, 15), ends=time(2, 45), weekdays=EVERY_DAY)


def wall(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("quiet", "moment", "until"),
    [
        (NIGHT, "2026-11-23T19:59", None),
        (NIGHT, "2026-11-23T20:00", "2026-11-24T07:00"),
        (NIGHT, "2026-11-23T23:59", "2026-11-24T07:00"),
        (NIGHT, "2026-11-24T00:00", "2026-11-24T07:00"),
        (NIGHT, "2026-11-24T06:59", "2026-11-24T07:00"),
        (NIGHT, "2026-11-24T07:00", None),
        (NIGHT, "2026-12-31T23:00", "2027-01-01T07:00"),
        (LUNCH, "2026-11-23T11:15", "2026-11-23T11:30"),
        (LUNCH, "2026-11-28T11:15", None),  # a Saturday
        (FRIDAY_NIGHT, "2026-11-27T21:59", None),
        (FRIDAY_NIGHT, "2026-11-28T08:00", "2026-11-28T09:00"),  # Saturday morning belongs to Friday night
        (FRIDAY_NIGHT, "2026-11-28T22:30", None),
        (WEEKEND, "2026-11-28T12:00", "2026-11-29T00:00"),
        (WEEKEND, "2026-11-30T00:00", None),
    ],
)
def test_quiet_time_ends_where_the_wall_clock_says(quiet: rules.Quiet, moment: str, until: str | None) -> None:
    expected = wall(until) if until else None
    assert rules.quiet_until(wall(moment), quiet, zone=OSLO) == expected


@pytest.mark.parametrize(
    ("night", "hours"),
    [("2026-03-28", 10), ("2026-03-29", 11), ("2026-10-24", 12), ("2026-10-25", 11)],
)
def test_a_night_is_shorter_in_spring_and_longer_in_autumn(night: str, hours: int) -> None:
    start = wall(f"{night}T20:00")
    assert rules.quiet_until(start, NIGHT, zone=OSLO) == start + timedelta(hours=hours)


def test_a_time_that_the_spring_night_skips_stays_quiet_to_the_end() -> None:
    # 02:15 and 02:45 do not exist on 29 March 2026: the clock goes from 02:00 to 03:00, which is 01:00 UTC.
    last_before, first_after = datetime(2026, 3, 29, 0, 59, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    end = datetime(2026, 3, 29, 1, 45, tzinfo=UTC)
    assert rules.quiet_until(last_before, SMALL_HOURS, zone=OSLO) == end
    assert rules.quiet_until(first_after, SMALL_HOURS, zone=OSLO) == end
    assert rules.quiet_until(end, SMALL_HOURS, zone=OSLO) is None


def test_a_time_that_comes_twice_in_the_autumn_night_is_quiet_both_times() -> None:
    first, second = wall("2026-10-25T02:30", fold=0), wall("2026-10-25T02:30", fold=1)
    assert second - first == timedelta(hours=1)
    end = wall("2026-10-25T02:45", fold=1)
    assert rules.quiet_until(first, SMALL_HOURS, zone=OSLO) == end
    assert rules.quiet_until(second, SMALL_HOURS, zone=OSLO) == end


def test_two_quiet_days_in_a_row_are_waited_out_together() -> None:
    assert rules.after_quiet(wall("2026-11-28T09:00"), WEEKEND, zone=OSLO) == wall("2026-11-30T00:00")


NOON = wall("2026-11-23T12:00")
EVENING = wall("2026-11-23T21:00")
MORNING = wall("2026-11-24T07:00")


@pytest.mark.parametrize(
    ("delivery", "moment", "quiet", "mailed_at", "expected"),
    [
        (Delivery.AT_ONCE, NOON, None, None, rules.Plan(mail_at=NOON)),
        (Delivery.AT_ONCE, NOON, NIGHT, None, rules.Plan(mail_at=NOON)),
        (Delivery.AT_ONCE, EVENING, NIGHT, None, rules.Plan(mail_at=MORNING)),
        (Delivery.AT_ONCE, NOON, None, NOON - timedelta(minutes=5), rules.Plan(mail_at=NOON + timedelta(minutes=55))),
        (Delivery.AT_ONCE, NOON, None, NOON - timedelta(hours=3), rules.Plan(mail_at=NOON)),
        (
            Delivery.AT_ONCE,
            wall("2026-11-23T19:30"),
            NIGHT,
            wall("2026-11-23T19:10"),
            rules.Plan(mail_at=MORNING),  # the pause of the thread ends inside the quiet time
        ),
        (Delivery.DAILY, NOON, None, None, rules.Plan(is_bundled=True)),
        (Delivery.DAILY, EVENING, NIGHT, None, rules.Plan(is_bundled=True)),
        (Delivery.NEVER, NOON, None, None, rules.Plan()),
    ],
)
def test_a_notice_is_mailed_now_bundled_later_or_not(
    delivery: Delivery, moment: datetime, quiet: rules.Quiet | None, mailed_at: datetime | None, expected: rules.Plan
) -> None:
    assert rules.plan(delivery=delivery, moment=moment, zone=OSLO, quiet=quiet, mailed_at=mailed_at) == expected


quiets = st.builds(
    rules.Quiet,
    starts=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    ends=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    weekdays=st.frozensets(st.integers(0, 6)),
).filter(lambda quiet: not quiet.has_no_end)


@settings(max_examples=50, deadline=None)
@given(quiet=quiets, minutes=st.integers(0, 2 * 366 * 24 * 60))
def test_a_mail_is_never_planned_into_quiet_time_nor_into_the_past(quiet: rules.Quiet, minutes: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    planned = rules.after_quiet(moment, quiet, zone=OSLO)
    assert moment <= planned <= moment + timedelta(days=8)
    assert rules.quiet_until(planned, quiet, zone=OSLO) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Utskrift står", "Utskrift står"),
        ("a\r\nBcc: x@y.no", "a Bcc: x@y.no"),
        ("a\x00b\x0bc\u2028d\x85e", "a b c d e"),
        ("god\u202edag", "god dag"),
        ("  mykje   luft ", "mykje luft"),
        ("Takk 👩\u200d💻", "Takk 👩\u200d💻"),  # the joiner holds a picture together
    ],
)
def test_a_line_is_one_line(text: str, line: str) -> None:
    assert rules.one_line(text) == line


def test_a_long_title_is_cut_with_a_mark() -> None:
    assert len(rules.short_title("å" * 500)) == rules.LONGEST_TITLE
    assert rules.short_title("å" * 500).endswith("…")
    assert rules.short_title("å" * rules.LONGEST_TITLE) == "å" * rules.LONGEST_TITLE


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("anne@tunet.example", True),
        ("anne.b+c@x", True),
        ("anne@tunet.example\r\nBcc: x@y.no", False),
        ("anne@tunet.example\n", False),
        ("a@b.no, c@d.no", False),
        ("Anne <a@b.no>", False),
        ("a b@c.no", False),
        ("blåbær@c.no", False),
        ("@c.no", False),
        ("", False),
        ("a" * 65 + "@b.no", False),
    ],
)
def test_only_one_plain_address_is_an_address(text: str, is_one: bool) -> None:
    assert rules.is_address(text) is is_one


def test_the_same_key_gives_the_same_message_id_and_another_key_another() -> None:
    first = rules.message_id("signup-3-1", host="tunet.example")
    assert first == rules.message_id("signup-3-1", host="tunet.example")
    assert first != rules.message_id("signup-3-2", host="tunet.example")
    assert first.startswith("<")
    assert first.endswith("@tunet.example>")
