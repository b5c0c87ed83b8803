from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.events.rules import recurrence
from portal.blueprints.events.rules.recurrence import LAST, NTHS, Fault, Frequency, NotARule, Rule
from portal.core.clock import OSLO

WEDNESDAYS = Rule(frequency=Frequency.WEEKLY, weekday=2, starts_on=date(2026, 11, 23))


def test_every_wednesday_begins_with_the_first_wednesday() -> None:
    days = recurrence.coming(WEDNESDAYS, date(2026, 1, 1), 3)
    assert days == [date(2026, 11, 25), date(2026, 12, 2), date(2026, 12, 9)]


def test_a_series_that_begins_on_its_weekday_begins_that_day() -> None:
    rule = Rule(frequency=Frequency.WEEKLY, weekday=0, starts_on=date(2026, 11, 23), interval=2)
    assert recurrence.coming(rule, date(2026, 11, 1), 2) == [date(2026, 11, 23), date(2026, 12, 7)]


def test_the_last_thursday_of_the_month() -> None:
    rule = Rule(frequency=Frequency.MONTHLY, weekday=3, nth=LAST, starts_on=date(2026, 11, 1))
    days = recurrence.coming(rule, date(2026, 11, 1), 4)
    assert days == [date(2026, 11, 26), date(2026, 12, 31), date(2027, 1, 28), date(2027, 2, 25)]


def test_the_second_tuesday_of_every_other_month_skips_the_one_that_has_passed() -> None:
    rule = Rule(frequency=Frequency.MONTHLY, weekday=1, nth=2, interval=2, starts_on=date(2026, 11, 20))
    assert recurrence.coming(rule, date(2026, 11, 1), 2) == [date(2027, 1, 12), date(2027, 3, 9)]


def test_a_series_ends_by_day_or_by_count_and_skips_exceptions() -> None:
    until = Rule(frequency=Frequency.WEEKLY, weekday=2, starts_on=date(2026, 11, 23), until=date(2026, 12, 2))
    assert list(recurrence.occurrences(until)) == [date(2026, 11, 25), date(2026, 12, 2)]
    away = frozenset({date(2026, 12, 2)})
    count = Rule(frequency=Frequency.WEEKLY, weekday=2, starts_on=date(2026, 11, 23), count=3, exceptions=away)
    assert list(recurrence.occurrences(count)) == [date(2026, 11, 25), date(2026, 12, 9)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (date(2026, 3, 25), date(2026, 4, 1)),  # summer time begins on 29 March 2026
        (date(2026, 10, 21), date(2026, 10, 28)),  # and ends on 25 October 2026
        (date(2027, 3, 24), date(2027, 3, 31)),  # and begins again on 28 March 2027
    ],
)
def test_five_o_clock_stays_five_o_clock_when_the_clock_changes(before: date, after: date) -> None:
    starts = [recurrence.interval_of(day, time(17), 180, OSLO)[0] for day in (before, after)]
    assert [moment.astimezone(OSLO).time() for moment in starts] == [time(17), time(17)]
    assert starts[1] - starts[0] != timedelta(days=7)
    assert {moment.tzinfo for moment in starts} == {UTC}


def test_an_evening_through_the_night_of_the_change_lasts_as_long_as_it_lasts() -> None:
    starts_at, ends_at = recurrence.interval_of(date(2026, 10, 24), time(23), 300, OSLO)
    assert (starts_at, ends_at) == (
        datetime(2026, 10, 24, 21, tzinfo=UTC),
        datetime(2026, 10, 25, 2, tzinfo=UTC),
    )
    assert ends_at.astimezone(OSLO).time() == time(3)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"weekday": 7}, Fault.WEEKDAY),
        ({"nth": 2}, Fault.NTH),
        ({"frequency": Frequency.MONTHLY}, Fault.NTH),
        ({"frequency": Frequency.MONTHLY, "nth": 5}, Fault.NTH),
        ({"interval": 0}, Fault.INTERVAL),
        ({"interval": 13}, Fault.INTERVAL),
        ({"until": date(2026, 11, 1)}, Fault.END),
        ({"until": date(2027, 1, 1), "count": 3}, Fault.END),
        ({"count": 0}, Fault.COUNT),
    ],
)
def test_anything_else_is_refused(values: dict[str, object], fault: Fault) -> None:
    with pytest.raises(NotARule) as refused:
        Rule(**{"frequency": Frequency.WEEKLY, "weekday": 2, "starts_on": date(2026, 11, 23), **values})  # type: ignore[arg-type]
    assert refused.value.fault is fault


rules = st.builds(
    lambda monthly, weekday, nth, interval, starts_on: Rule(
        frequency=Frequency.MONTHLY if monthly else Frequency.WEEKLY,
        weekday=weekday,
        nth=nth if monthly else None,
        interval=interval,
        starts_on=starts_on,
    ),
    st.booleans(),
    st.integers(0, 6),
    st.sampled_from(NTHS),
    st.integers(1, 12),
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
)


@settings(max_examples=50, deadline=None)
@given(rules)
def test_every_date_of_a_rule_is_in_order_and_on_its_weekday(rule: Rule) -> None:
    days = recurrence.coming(rule, rule.starts_on, 8)
    assert len(days) == 8
    assert days[0] >= rule.starts_on
    assert {day.weekday() for day in days} == {rule.weekday}
    assert all(first < second for first, second in pairwise(days))
    if rule.frequency is Frequency.MONTHLY:
        assert {months(second) - months(first) for first, second in pairwise(days)} == {rule.interval}
    else:
        assert {second - first for first, second in pairwise(days)} == {timedelta(weeks=rule.interval)}


def months(day: date) -> int:
    return day.year * 12 + day.month


def test_between_gives_both_ends() -> None:
    found = recurrence.between(WEDNESDAYS, date(2026, 11, 25), date(2026, 12, 9))
    assert found == [date(2026, 11, 25), date(2026, 12, 2), date(2026, 12, 9)]
