"""The rules of the line, of offers, and of whether enough come."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.events.rules import offers, seats, turnout
from portal.blueprints.events.rules.seats import Place, Standing
from portal.core.clock import OSLO, at_wall, wall

IN, OFFERED, WAITING = Standing.IN, Standing.OFFERED, Standing.WAITING
HALF_A_DAY = timedelta(hours=12)
SPRING = datetime(2026, 3, 1, tzinfo=UTC)


def place(number: int, standing: Standing = WAITING, *, size: int = 1, group_id: int | None = None) -> Place:
    return Place(id=number, position=number, standing=standing, size=size, group_id=group_id)


def turns(places: list[Place], capacity: int | None, *, is_late: bool = False) -> list[tuple[int, ...]]:
    return [party.ids for party in seats.whose_turn(places, capacity, is_late=is_late)]


def test_the_first_in_line_is_asked_first_whatever_order_they_are_read_in() -> None:
    assert turns([place(3), place(2), place(1, IN)], 2) == [(2,)]


def test_a_full_evening_asks_nobody_and_an_offered_seat_is_taken() -> None:
    assert turns([place(1, IN), place(2)], 1) == []
    assert turns([place(1, OFFERED), place(2)], 1) == []
    assert seats.number_in_line([place(1, OFFERED), place(2)], 2, 1) == 1
    assert seats.number_in_line([place(1, OFFERED), place(2)], 1, 1) is None


def test_without_a_capacity_it_is_everybodys_turn() -> None:
    assert turns([place(2), place(1)], None) == [(1,), (2,)]


def test_after_the_capacity_was_lowered_nobody_is_asked_until_there_is_a_free_seat() -> None:
    assert turns([place(1, IN), place(2, IN), place(3)], 1) == []


def test_seats_wait_for_the_first_in_line_who_brings_guests_and_nobody_passes() -> None:
    places = [place(1, IN), place(2, size=3), place(3)]
    assert turns(places, 3) == []
    waited_for = seats.seats_wait_for(places, 3)
    assert waited_for
    assert waited_for.ids == (2,)
    assert turns(places, 4) == [(2,)]
    assert seats.seats_wait_for(places, 4) is None


def test_shortly_before_the_evening_seats_wait_no_longer_for_those_who_do_not_fit() -> None:
    assert turns([place(1, IN), place(2, size=3), place(3)], 3, is_late=True) == [(3,)]


def test_nobody_waits_for_a_party_that_could_never_come() -> None:
    places = [place(1, IN), place(2, size=4), place(3)]
    assert turns(places, 3) == [(3,)]
    assert seats.seats_wait_for(places, 3) is None


def test_those_who_keep_together_stand_where_the_last_of_them_stands() -> None:
    places = [place(1, group_id=7), place(2), place(3, group_id=7), place(4)]
    assert [party.ids for party in seats.line(places, 3)] == [(2,), (1, 3), (4,)]
    assert turns([place(0, IN, size=2), *places], 3) == [(2,)]
    assert turns(places, 2) == [(2,)], "one seat waits until both of them can come"
    assert turns(places, 3) == [(2,), (1, 3)]
    assert seats.number_in_line(places, 1, 3) == seats.number_in_line(places, 3, 3) == 2


def test_who_waits_no_longer_for_the_others_is_back_in_their_own_place() -> None:
    assert turns([place(1), place(2), place(3, group_id=7), place(4)], 1) == [(1,)]


def test_a_group_too_large_for_the_evening_stands_in_line_each_on_their_own() -> None:
    assert turns([place(1, group_id=7), place(2, group_id=7), place(3)], 1) == [(1,)]


def test_one_may_bring_more_only_when_nobody_is_passed_over() -> None:
    assert seats.may_grow([place(1, IN)], 1, by=1, capacity=2)
    assert not seats.may_grow([place(1, IN)], 1, by=2, capacity=2)
    assert not seats.may_grow([place(1, IN), place(2, size=3)], 1, by=1, capacity=3)
    assert seats.may_grow([place(1), place(2)], 2, by=1, capacity=9)
    assert not seats.may_grow([place(1), place(2)], 1, by=1, capacity=9)
    assert seats.may_grow([place(1, IN)], 1, by=3, capacity=None)


def test_an_offer_lasts_twelve_waking_hours_and_rests_at_night() -> None:
    starts_at = at_wall(date(2026, 12, 24), time(17))
    morning = at_wall(date(2026, 11, 23), time(9))
    evening = at_wall(date(2026, 11, 23), time(20))
    night = at_wall(date(2026, 11, 24), time(2))
    ends = [
        wall(offers.ends_at(moment, starts_at, longest=HALF_A_DAY, zone=OSLO)) for moment in (morning, evening, night)
    ]
    assert [(end.day, end.time()) for end in ends] == [(23, time(21)), (24, time(17)), (24, time(19))]


@pytest.mark.parametrize("day", [date(2026, 10, 24), date(2027, 3, 27)])
def test_the_night_ends_at_seven_also_when_the_clock_changes(day: date) -> None:
    moment = at_wall(day, time(21))
    end = offers.ends_at(moment, moment + timedelta(days=30), longest=timedelta(hours=2), zone=OSLO)
    assert wall(end).time() == time(8)
    assert wall(end).date() == day + timedelta(days=1)


def test_near_the_evening_an_offer_lasts_a_quarter_of_what_is_left() -> None:
    starts_at = at_wall(date(2026, 11, 25), time(17))

    def lasts(before: timedelta) -> timedelta:
        moment = starts_at - before
        return offers.ends_at(moment, starts_at, longest=HALF_A_DAY, zone=OSLO) - moment

    assert lasts(timedelta(hours=8)) == timedelta(hours=2)
    assert lasts(timedelta(hours=1)) == timedelta(minutes=15)
    assert lasts(timedelta(minutes=20)) == timedelta(minutes=15)
    assert lasts(timedelta(minutes=5)) == timedelta(minutes=5)


def test_an_offer_made_at_night_for_an_early_evening_does_not_outlast_the_night() -> None:
    starts_at = at_wall(date(2026, 11, 25), time(8))
    moment = at_wall(date(2026, 11, 24), time(23))
    end = offers.ends_at(moment, starts_at, longest=HALF_A_DAY, zone=OSLO)
    assert end == moment + timedelta(hours=9) / 4


@settings(max_examples=50, deadline=None)
@given(
    moment=st.integers(0, 425 * 24 * 60).map(lambda minutes: SPRING + timedelta(minutes=minutes)),
    left=st.timedeltas(timedelta(seconds=1), timedelta(days=40)),
    longest=st.integers(1, 72),
)
def test_an_offer_always_ends_after_it_begins_and_never_past_the_beginning(
    moment: datetime, left: timedelta, longest: int
) -> None:
    starts_at, hours = moment + left, timedelta(hours=longest)
    end = offers.ends_at(moment, starts_at, longest=hours, zone=OSLO)
    assert moment < end <= starts_at
    assert end == starts_at or end - moment >= min(hours, left / 4)
    nights = (end.date() - moment.date()).days + 1
    assert end - moment <= max(hours, timedelta(minutes=15)) + nights * timedelta(hours=10)


def test_seats_stop_waiting_two_hours_before() -> None:
    starts_at = datetime(2026, 11, 25, 16, tzinfo=UTC)
    assert not offers.is_late(starts_at - timedelta(hours=2, seconds=1), starts_at)
    assert offers.is_late(starts_at - timedelta(hours=2), starts_at)


def test_guests_count_towards_the_minimum_and_offers_do_not() -> None:
    places = [place(1, IN, size=3), place(2, OFFERED, size=4), place(3, size=4)]
    assert turnout.coming(places) == 3
    assert turnout.is_enough(places, 3)
    assert not turnout.is_enough(places, 4)
