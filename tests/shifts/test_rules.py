"""Spans of time, and who is at work by the rota and by their own word."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.shifts import rules
from portal.blueprints.shifts.rules import Availability, Rostered, Said, Span
from portal.core.clock import OSLO

START = datetime(2026, 11, 26, 0, 0, tzinfo=UTC)
NOW = START + timedelta(hours=9)
HOURS = st.integers(min_value=0, max_value=40)
SPANS = st.lists(st.tuples(HOURS, HOURS).map(lambda pair: span(*pair)), max_size=8)
QUICK = settings(max_examples=50, deadline=None)


def span(start: int, end: int) -> Span:
    return Span(starts_at=START + timedelta(hours=start), ends_at=START + timedelta(hours=end))


def hours(spans: list[Span]) -> set[int]:
    return {hour for hour in range(-1, 42) if rules.find_holding(spans, START + timedelta(hours=hour))}


@QUICK
@given(SPANS)
def test_the_union_holds_exactly_what_one_of_them_holds(spans: list[Span]) -> None:
    together = rules.union(spans)
    assert hours(together) == hours(spans)
    assert all(one.ends_at < other.starts_at for one, other in itertools.pairwise(together))
    assert rules.union(together) == together


@QUICK
@given(SPANS, SPANS)
def test_what_is_taken_away_is_gone_and_the_rest_stays(spans: list[Span], taken: list[Span]) -> None:
    left = rules.minus(spans, taken)
    assert hours(left) == hours(spans) - hours(taken)
    assert all(one.starts_at < one.ends_at for one in left)


@QUICK
@given(SPANS, SPANS)
def test_parts_and_what_is_left_make_the_whole_again(spans: list[Span], taken: list[Span]) -> None:
    kept = [piece for each in rules.union(taken) for piece in rules.within(spans, each)]
    assert rules.union([*rules.minus(spans, taken), *kept]) == rules.union(spans)


WORDS = st.one_of(st.none(), HOURS.map(lambda hour: START + timedelta(hours=hour)))


@QUICK
@given(SPANS, SPANS, WORDS, WORDS, HOURS)
def test_off_beats_all_and_at_work_beats_the_rota(
    work: list[Span], leave: list[Span], works: datetime | None, off: datetime | None, hour: int
) -> None:
    moment = START + timedelta(hours=hour)
    found = rules.stand(Rostered(work=work, leave=leave), Said(works_until=works, off_until=off), moment)
    if off and off > moment:
        assert not found.is_at_work
    elif works and works > moment:
        assert found.is_at_work
        assert found.until
        assert found.until >= works
    else:
        assert found.is_at_work == bool(rules.find_holding(work, moment) and not rules.find_holding(leave, moment))


def test_one_is_at_work_until_the_end_of_what_hangs_together() -> None:
    found = rules.stand(Rostered(work=[span(7, 12), span(12, 16), span(20, 22)]), Said(), NOW)
    assert found.is_at_work
    assert found.until == START + timedelta(hours=16)


def test_leave_cuts_a_shift_short() -> None:
    found = rules.stand(Rostered(work=[span(7, 16)], leave=[span(12, 20)]), Said(), NOW)
    assert found.until == START + timedelta(hours=12)


def test_a_word_past_its_end_is_as_never_said() -> None:
    said = Said(availability=Availability.ON_CALL, until=NOW, easy_until=NOW, works_until=NOW, off_until=NOW)
    assert said.at(NOW) == Said()
    assert said.at(NOW - timedelta(seconds=1)).availability is Availability.ON_CALL


def oslo(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=OSLO).astimezone(UTC)


def night(month: int, day: int) -> Span:
    begins = datetime(2026, month, day, 22, tzinfo=OSLO)
    ends = (begins + timedelta(days=1)).replace(hour=7)
    return Span(starts_at=begins.astimezone(UTC), ends_at=ends.astimezone(UTC))


def test_a_night_shift_is_as_long_as_the_night_is() -> None:
    assert night(3, 28).length == timedelta(hours=8)
    assert night(10, 24).length == timedelta(hours=10)
    assert night(11, 26).length == timedelta(hours=9)


def test_a_night_shift_is_known_in_any_night_of_the_year() -> None:
    assert all(rules.is_night_shift(night(*day), zone=OSLO) for day in ((3, 28), (10, 24), (7, 1)))
    early = Span(starts_at=oslo(11, 26, 6, 30), ends_at=oslo(11, 26, 14, 30))
    late = Span(starts_at=oslo(11, 26, 15, 0), ends_at=oslo(11, 26, 23, 30))
    small_hours = Span(starts_at=oslo(11, 26, 0, 30), ends_at=oslo(11, 26, 4, 0))
    assert not rules.is_night_shift(early, zone=OSLO)
    assert not rules.is_night_shift(late, zone=OSLO)
    assert rules.is_night_shift(small_hours, zone=OSLO)


def test_the_rest_of_today_ends_in_the_morning_by_the_clock_on_the_wall() -> None:
    for moment in (oslo(3, 28, 12), oslo(10, 24, 23), oslo(11, 26, 3)):
        ends = rules.rest_of_today(moment, zone=OSLO)
        assert ends.astimezone(OSLO).time() == time(8)
        assert timedelta() < ends - moment <= timedelta(hours=25)


MINUTES = st.integers(min_value=0, max_value=2 * 365 * 24 * 60)


@QUICK
@given(MINUTES.map(lambda minutes: START + timedelta(minutes=minutes)))
def test_today_always_ends_ahead(moment: datetime) -> None:
    assert moment < rules.rest_of_today(moment, zone=OSLO) <= moment + timedelta(hours=25)
