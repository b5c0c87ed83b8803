"""What is told, and when: tables of cases, no database."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.notifications import rules
from portal.blueprints.notifications.ports import Delivery, Way

OSLO = ZoneInfo("Europe/Oslo")
EVERY_DAY = frozenset(range(7))
WORKDAYS = frozenset({0, 1, 2, 3, 4})


def quiet_of(*spans: rules.Span, until: datetime | None = None) -> rules.Quiet:
    return rules.Quiet(spans=spans, until=until)


def span(starts: str, ends: str, weekdays: frozenset[int], ends_on: int | None = None) -> rules.Span:
    return rules.Span(
        starts=time.fromisoformat(starts), ends=time.fromisoformat(ends), weekdays=weekdays, ends_on=ends_on
    )


NIGHT = quiet_of(span("20:00", "07:00", EVERY_DAY))
LUNCH = quiet_of(span("11:00", "11:30", WORKDAYS))
FRIDAY_NIGHT = quiet_of(span("22:00", "09:00", frozenset({4})))
WEEKEND = quiet_of(span("00:00", "00:00", frozenset({5, 6})))
SMALL_HOURS = quiet_of(span("02:15", "02:45", EVERY_DAY))
OFF_DUTY = quiet_of(span("16:00", "08:00", frozenset({0, 1, 2, 3})), span("15:00", "08:00", frozenset({4}), 0))


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
        (OFF_DUTY, "2026-11-26T16:00", "2026-11-27T08:00"),  # Thursday
        (OFF_DUTY, "2026-11-27T14:59", None),
        (OFF_DUTY, "2026-11-27T15:00", "2026-11-30T08:00"),  # Friday to Monday
        (OFF_DUTY, "2026-11-29T23:00", "2026-11-30T08:00"),
        (OFF_DUTY, "2026-11-30T08:00", None),
        (quiet_of(span("10:00", "09:00", frozenset({2}), 2)), "2026-12-02T08:00", "2026-12-02T09:00"),  # a week long
        (quiet_of(span("10:00", "12:00", frozenset({2}), 2)), "2026-12-02T11:00", "2026-12-02T12:00"),  # the same day
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


ALONE, TOGETHER = Way.ALONE, Way.TOGETHER
NEXT_HOUR, NEXT_MORNING, NEXT_WEEK = wall("2026-11-23T13:00"), wall("2026-11-24T08:30"), wall("2026-11-30T08:30")
MONDAY, FRIDAY_NOON = wall("2026-11-30T08:00"), wall("2026-11-27T12:00")


@pytest.mark.parametrize(
    ("delivery", "moment", "quiet", "expected"),
    [
        (Delivery.AT_ONCE, NOON, rules.NO_QUIET, rules.Plan(way=ALONE, mail_at=NOON)),
        (Delivery.AT_ONCE, NOON, NIGHT, rules.Plan(way=ALONE, mail_at=NOON)),
        (Delivery.AT_ONCE, EVENING, NIGHT, rules.Plan(way=TOGETHER, mail_at=MORNING)),
        (Delivery.AT_ONCE, NOON, quiet_of(until=EVENING), rules.Plan(way=TOGETHER, mail_at=EVENING)),
        (
            Delivery.AT_ONCE,  # until this evening, and then the night begins
            NOON,
            rules.Quiet(spans=NIGHT.spans, until=EVENING),
            rules.Plan(way=TOGETHER, mail_at=MORNING),
        ),
        (Delivery.HOURLY, NOON, rules.NO_QUIET, rules.Plan(way=TOGETHER, mail_at=NEXT_HOUR)),
        (Delivery.HOURLY, EVENING, NIGHT, rules.Plan(way=TOGETHER, mail_at=MORNING)),
        (Delivery.DAILY, NOON, rules.NO_QUIET, rules.Plan(way=TOGETHER, mail_at=NEXT_MORNING)),
        (Delivery.DAILY, NOON, OFF_DUTY, rules.Plan(way=TOGETHER, mail_at=NEXT_MORNING)),
        (
            Delivery.DAILY,
            wall("2026-11-27T12:00"),
            OFF_DUTY,
            rules.Plan(way=TOGETHER, mail_at=wall("2026-11-30T08:00")),
        ),
        (Delivery.WEEKLY, NOON, rules.NO_QUIET, rules.Plan(way=TOGETHER, mail_at=NEXT_WEEK)),
        (
            Delivery.WEEKLY,
            NOON,
            quiet_of(until=NEXT_WEEK + timedelta(hours=1)),
            rules.Plan(way=TOGETHER, mail_at=NEXT_WEEK + timedelta(hours=1)),
        ),
        (Delivery.NEVER, NOON, rules.NO_QUIET, rules.Plan()),
        (Delivery.NEVER, EVENING, NIGHT, rules.Plan()),
    ],
)
def test_a_notice_is_mailed_now_together_with_others_later_or_not(
    delivery: Delivery, moment: datetime, quiet: rules.Quiet, expected: rules.Plan
) -> None:
    assert rules.plan(delivery=delivery, moment=moment, zone=OSLO, quiet=quiet) == expected


@pytest.mark.parametrize(
    ("delivery", "moment", "bundle"),
    [
        (Delivery.HOURLY, "2026-11-23T12:00", "2026-11-23T13:00"),
        (Delivery.HOURLY, "2026-11-23T12:59:59.999999", "2026-11-23T13:00"),
        (Delivery.HOURLY, "2026-11-23T23:30", "2026-11-24T00:00"),
        (Delivery.HOURLY, "2026-03-29T01:30", "2026-03-29T03:00"),  # the hour that spring leaves out
        (Delivery.DAILY, "2026-11-23T08:29", "2026-11-23T08:30"),
        (Delivery.DAILY, "2026-11-23T08:30", "2026-11-24T08:30"),
        (Delivery.DAILY, "2026-03-28T12:00", "2026-03-29T08:30"),
        (Delivery.DAILY, "2026-10-24T12:00", "2026-10-25T08:30"),
        (Delivery.WEEKLY, "2026-11-23T08:29", "2026-11-23T08:30"),  # a Monday
        (Delivery.WEEKLY, "2026-11-23T08:30", "2026-11-30T08:30"),
        (Delivery.WEEKLY, "2026-11-29T23:59", "2026-11-30T08:30"),
        (Delivery.WEEKLY, "2026-03-28T12:00", "2026-03-30T08:30"),
        (Delivery.WEEKLY, "2026-10-24T12:00", "2026-10-26T08:30"),
    ],
)
def test_bundles_leave_when_the_clock_on_the_wall_says(delivery: Delivery, moment: str, bundle: str) -> None:
    assert rules.next_bundle(delivery, wall(moment), zone=OSLO) == wall(bundle)


def test_the_hour_that_autumn_repeats_has_a_bundle_each_time() -> None:
    first, second = wall("2026-10-25T02:30", fold=0), wall("2026-10-25T02:30", fold=1)
    assert rules.next_bundle(Delivery.HOURLY, first, zone=OSLO) == wall("2026-10-25T02:00", fold=1)
    assert rules.next_bundle(Delivery.HOURLY, second, zone=OSLO) == wall("2026-10-25T03:00")


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        ("2026-11-23T12:00", "2026-11-24T08:00"),
        ("2026-11-23T23:59", "2026-11-24T08:00"),
        ("2026-11-24T00:30", "2026-11-24T08:00"),  # who works at night means the night
        ("2026-11-24T08:00", "2026-11-25T08:00"),
        ("2026-03-28T20:00", "2026-03-29T08:00"),
        ("2026-10-24T20:00", "2026-10-25T08:00"),
    ],
)
def test_the_rest_of_today_ends_in_the_morning(moment: str, end: str) -> None:
    assert rules.rest_of_today(wall(moment), zone=OSLO) == wall(end)


@pytest.mark.parametrize(
    ("quiet", "has_no_end"),
    [
        (rules.NO_QUIET, False),
        (NIGHT, False),
        (OFF_DUTY, False),
        (quiet_of(span("08:00", "08:00", EVERY_DAY)), True),
        (quiet_of(span("00:00", "00:00", EVERY_DAY)), True),
        (quiet_of(span("08:00", "07:59", EVERY_DAY)), False),
        (quiet_of(span("10:00", "10:00", frozenset({2}), 2)), True),  # Wednesday to Wednesday
        (quiet_of(span("10:00", "09:59", frozenset({2}), 2)), False),
        (quiet_of(span("07:00", "19:00", EVERY_DAY), span("19:00", "07:00", EVERY_DAY)), True),
        (quiet_of(span("08:00", "16:00", WORKDAYS), *OFF_DUTY.spans), True),
        (quiet_of(span("08:01", "16:00", WORKDAYS), *OFF_DUTY.spans), False),
    ],
)
def test_a_week_without_a_minute_to_mail_in_is_known(quiet: rules.Quiet, has_no_end: bool) -> None:
    assert quiet.has_no_end is has_no_end


@pytest.mark.parametrize(
    ("mailed_at", "expected"),
    [(None, NOON), (NOON - timedelta(minutes=5), NOON + timedelta(minutes=55)), (NOON - timedelta(hours=3), NOON)],
)
def test_a_thread_rests_for_an_hour_after_a_mail(mailed_at: datetime | None, expected: datetime) -> None:
    assert rules.after_pause(NOON, mailed_at) == expected


minutes_of_the_day = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
spans = st.builds(
    rules.Span,
    starts=minutes_of_the_day,
    ends=minutes_of_the_day,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    ends_on=st.none() | st.integers(0, 6),
)
moments = st.integers(0, 2 * 366 * 24 * 60).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=m))
quiets = st.builds(
    rules.Quiet,
    spans=st.lists(spans, max_size=rules.MOST_SPANS).map(tuple),
    until=st.none() | moments,
).filter(lambda quiet: not quiet.has_no_end)


@settings(max_examples=100, deadline=None)
@given(quiet=quiets, moment=moments, delivery=st.sampled_from([each for each in Delivery if each != Delivery.NEVER]))
def test_a_mail_is_never_planned_into_quiet_time_nor_into_the_past_nor_for_ever(
    quiet: rules.Quiet, moment: datetime, delivery: Delivery
) -> None:
    planned = rules.plan(delivery=delivery, moment=moment, zone=OSLO, quiet=quiet)
    assert planned.mail_at is not None
    latest = max(moment, quiet.until or moment) + timedelta(days=7 + 15)  # a week's bundle, and a week that DST cut
    assert moment <= planned.mail_at <= latest
    assert rules.quiet_until(planned.mail_at, quiet, zone=OSLO) is None
    assert (planned.way is ALONE) == (planned.mail_at == moment and delivery is Delivery.AT_ONCE)


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


def test_a_place_on_a_page_makes_no_other_page() -> None:
    page = rules.page_of("questions.thread", {"question_id": 17})
    assert page == rules.page_of("questions.thread", {"_anchor": "svar-3", "question_id": 17})
    assert page != rules.page_of("questions.thread", {"question_id": 18})
    assert page != rules.page_of("questions.other", {"question_id": 17})


def test_the_root_of_a_thread_tells_its_page_and_nothing_else_does() -> None:
    page = rules.page_of("questions.thread", {"question_id": 17})
    assert rules.page_of_root(rules.root_id(page, host="tunet.example")) == page
    assert rules.page_of_root(rules.message_id("key", host="tunet.example")) == ""
