"""Pure decisions about rooms and time."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.rooms import rules
from portal.blueprints.rooms.ports import Answer, Meeting

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def hours(start: float, end: float) -> tuple[datetime, datetime]:
    return NOON + timedelta(hours=start), NOON + timedelta(hours=end)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0, 2), (2, 4), False),
        ((2, 4), (0, 2), False),
        ((0, 2), (1, 3), True),
        ((0, 4), (1, 2), True),
        ((0, 2), (0, 2), True),
        ((0, 1), (3, 4), False),
    ],
)
def test_intervals_are_half_open(first: tuple[int, int], second: tuple[int, int], expected: bool) -> None:
    assert rules.overlaps(*hours(*first), *hours(*second)) is expected


@settings(max_examples=50)
@given(st.lists(st.integers(0, 500), min_size=4, max_size=4))
def test_overlapping_is_the_same_seen_from_either_side(minutes: list[int]) -> None:
    a, b = sorted(NOON + timedelta(minutes=m) for m in minutes[:2])
    c, d = sorted(NOON + timedelta(minutes=m) for m in minutes[2:])
    assert rules.overlaps(a, b, c, d) == rules.overlaps(c, d, a, b)
    if a < b and c < d:
        shared = any(a <= m < b and c <= m < d for m in (NOON + timedelta(minutes=n) for n in range(501)))
        assert rules.overlaps(a, b, c, d) == shared


@pytest.mark.parametrize(
    ("opens", "closes", "start", "end", "expected"),
    [
        (time(7), time(22), (26, 17, 0), (26, 20, 0), True),
        (time(7), time(22), (26, 6, 55), (26, 8, 0), False),
        (time(7), time(22), (26, 20, 0), (26, 22, 0), True),
        (time(7), time(22), (26, 20, 0), (26, 22, 5), False),
        (time(7), time(0), (26, 20, 0), (27, 0, 0), True),
        (time(7), time(22), (26, 20, 0), (27, 0, 0), False),
        (time(0), time(0), (26, 22, 0), (27, 1, 0), False),
    ],
)
def test_a_room_is_open_through_the_whole_interval(
    opens: time, closes: time, start: tuple[int, int, int], end: tuple[int, int, int], expected: bool
) -> None:
    starts_at, ends_at = datetime(2026, 11, *start, tzinfo=UTC), datetime(2026, 11, *end, tzinfo=UTC)
    assert rules.is_open(opens, closes, starts_at=starts_at, ends_at=ends_at) is expected


def offer(room_id: int, *, seats: int = 8, floor: str = "3", site: str = "A", **values: bool) -> rules.Offer:
    known = {"is_open": True, "is_free": True, **values}
    return rules.Offer(room_id=room_id, name=f"Rom {room_id}", seats=seats, site=site, floor=floor, **known)


@pytest.mark.parametrize(
    ("offers", "need", "expected"),
    [
        ([offer(1, seats=20), offer(2, seats=10), offer(3, seats=6)], rules.Need(seats=8), 2),
        ([offer(1, seats=6)], rules.Need(seats=8), None),
        ([offer(1, seats=6)], rules.Need(seats=8, preferred_room_id=1), 1),
        ([offer(1, is_free=False), offer(2, seats=30)], rules.Need(seats=8), 2),
        ([offer(1, is_open=False), offer(2, seats=30)], rules.Need(seats=8), 2),
        ([offer(1), offer(2)], rules.Need(seats=8, refused_room_ids=frozenset({1})), 2),
        (
            [offer(1, is_free=False), offer(2, site="B"), offer(3, floor="4", seats=20), offer(4, seats=12)],
            rules.Need(seats=8, preferred_room_id=1),
            4,
        ),
        ([], rules.Need(seats=1), None),
    ],
)
def test_the_smallest_room_that_fits_is_asked_near_the_preferred_one(
    offers: list[rules.Offer], need: rules.Need, expected: int | None
) -> None:
    assert rules.choose_room(offers, need) == expected


COPIES = (("yes", Answer.ACCEPTED), ("waits", Answer.WAITING), ("no", Answer.DECLINED))


def meeting(remote_id: str, answer: Answer, minute: int) -> Meeting:
    return Meeting(
        key="k",
        uid=remote_id,
        remote_id=remote_id,
        mark="",
        room_addresses=(),
        starts_at=NOON,
        ends_at=NOON,
        answer=answer,
        made_at=NOON + timedelta(minutes=minute),
    )


def test_of_copies_of_one_meeting_a_no_counts_because_the_room_has_dropped_them_all() -> None:
    copies = [dataclasses.replace(meeting(name, answer, 1), uid="same") for name, answer in COPIES]
    kept, extra = rules.which_to_keep(copies)
    assert kept is not None
    assert (kept.remote_id, {each.remote_id for each in extra}) == ("no", {"yes", "waits"})
    another = meeting("another", Answer.WAITING, 2)
    assert rules.which_to_keep([*copies, another])[0] == another


@pytest.mark.parametrize(
    ("meetings", "expected"),
    [
        ([("a", Answer.ACCEPTED, 2), ("b", Answer.ACCEPTED, 1)], "b"),
        ([("a", Answer.DECLINED, 1), ("b", Answer.ACCEPTED, 2)], "b"),
        ([("a", Answer.WAITING, 2), ("b", Answer.DECLINED, 1)], "a"),
        ([("a", Answer.WAITING, 1), ("b", Answer.WAITING, 2)], "a"),
    ],
)
def test_what_the_room_accepted_is_kept_and_then_the_oldest(
    meetings: list[tuple[str, Answer, int]], expected: str
) -> None:
    kept, extra = rules.which_to_keep([meeting(*values) for values in meetings])
    assert kept is not None
    assert kept.remote_id == expected
    assert len(extra) == len(meetings) - 1


def test_looks_grow_from_half_a_second_to_a_quarter_of_an_hour() -> None:
    waits = [rules.next_look(looks).total_seconds() for looks in range(40)]
    assert waits[:7] == [0.5, 1, 2, 4, 8, 16, 30]
    assert waits == sorted(waits)
    assert waits[-1] == 900


def test_tries_wait_from_a_second_to_five_minutes() -> None:
    waits = [rules.next_try(tries).total_seconds() for tries in range(1, 30)]
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == 300


def test_patience_ends_after_a_day_or_when_the_night_begins() -> None:
    sent_at = NOON
    far, near = NOON + timedelta(days=9), NOON + timedelta(hours=2)
    assert not rules.is_patience_over(sent_at=sent_at, starts_at=far, now=NOON + timedelta(hours=23))
    assert rules.is_patience_over(sent_at=sent_at, starts_at=far, now=NOON + timedelta(hours=24))
    assert rules.is_patience_over(sent_at=sent_at, starts_at=near, now=NOON + timedelta(hours=2))


@settings(max_examples=50)
@given(st.integers(0, 600), st.integers(1, 600))
def test_steps_cover_the_interval_and_nothing_beyond_a_step(start: int, length: int) -> None:
    starts_at = NOON + timedelta(minutes=start)
    ends_at = starts_at + timedelta(minutes=length)
    steps = rules.steps_between(starts_at, ends_at)
    assert steps[0] <= starts_at < steps[0] + rules.STEP
    assert steps[-1] < ends_at <= steps[-1] + rules.STEP
    assert all(later - earlier == rules.STEP for earlier, later in pairwise(steps))
