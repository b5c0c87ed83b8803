from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import clock

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (date(2026, 3, 26), time(17), "2026-03-26T16:00+00:00"),
        (date(2026, 4, 2), time(17), "2026-04-02T15:00+00:00"),
        # The spring night has no 02:30: it moves on by the hour that was skipped.
        (date(2026, 3, 29), time(2, 30), "2026-03-29T01:30+00:00"),
        (date(2026, 3, 29), time(3, 30), "2026-03-29T01:30+00:00"),
        # The autumn night has two: the first is meant.
        (date(2026, 10, 25), time(2, 30), "2026-10-25T00:30+00:00"),
        (date(2026, 10, 25), time(3, 0), "2026-10-25T02:00+00:00"),
    ],
)
def test_wall_clock_in_oslo_becomes_a_moment(day: date, at: time, utc: str) -> None:
    assert clock.at_wall(day, at) == datetime.fromisoformat(utc)


@given(day=days, at=st.times())
def test_a_wall_clock_time_outside_the_two_nights_comes_back_the_same(day: date, at: time) -> None:
    shown = clock.wall(clock.at_wall(day, at))
    if not (day.month in {3, 10} and at.hour == 2):
        assert (shown.date(), shown.time()) == (day, at)


@pytest.mark.parametrize(
    ("utc", "day"),
    [("2026-11-26T22:59+00:00", date(2026, 11, 26)), ("2026-11-26T23:00+00:00", date(2026, 11, 27))],
)
def test_today_changes_at_midnight_in_oslo(utc: str, day: date) -> None:
    with clock.frozen(datetime.fromisoformat(utc)):
        assert clock.today() == day


def test_a_frozen_clock_can_be_frozen_again_and_goes_on_afterwards() -> None:
    first, second = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    with clock.frozen(first):
        with clock.frozen(second):
            assert clock.now() == second
        assert clock.now() == first
    assert clock.now() - second > timedelta(days=365)


def test_a_clock_frozen_in_oslo_still_says_utc() -> None:
    with clock.frozen(datetime(2026, 7, 1, 12, tzinfo=clock.OSLO)):
        assert clock.now().isoformat() == "2026-07-01T10:00:00+00:00"
