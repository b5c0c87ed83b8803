"""What a call may become, who may do what with it, and whom it rings when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.urgent.rules import calls, ring
from portal.blueprints.urgent.rules.calls import Act, Part, State
from portal.blueprints.urgent.rules.ring import Colleague, Course

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)

EXPERT = Colleague(person_id=1)
LEARNER = Colleague(person_id=2, knows=False, is_near=True)
FREE = Colleague(person_id=3, knows=False)
ON_CALL = Colleague(person_id=4, is_available=False)
DESK = (EXPERT, LEARNER, FREE, ON_CALL)

desks = st.lists(
    st.builds(
        Colleague,
        person_id=st.integers(1, 12),
        is_available=st.booleans(),
        is_present=st.booleans(),
        knows=st.booleans(),
        is_near=st.booleans(),
        is_left_alone=st.booleans(),
        is_rung=st.booleans(),
        is_silent=st.booleans(),
    ),
    unique_by=lambda each: each.person_id,
)
waits = st.floats(0, 2000, allow_nan=False)


@pytest.mark.parametrize(
    ("seconds", "circle"),
    [(0, 0), (29.9, 0), (30, 1), (59.9, 1), (60, 2), (119.9, 2), (120, 3), (1200, 3)],
)
def test_a_ring_widens_to_the_second(seconds: float, circle: int) -> None:
    assert ring.circle(seconds) == circle


@pytest.mark.parametrize(
    ("seconds", "rung"), [(0, {1}), (29.9, {1}), (30, {1, 2}), (60, {1, 2, 3}), (119, {1, 2, 3}), (120, {1, 2, 3, 4})]
)
def test_each_circle_adds_its_own(seconds: float, rung: set[int]) -> None:
    assert ring.ring(DESK, seconds) == rung


@pytest.mark.parametrize(
    ("desk", "rung"),
    [
        ((LEARNER, FREE), {2}),
        ((FREE, ON_CALL), {3}),
        ((ON_CALL,), {4}),
        ((), set()),
        ((Colleague(person_id=1, is_present=False), FREE), {3}),
        ((Colleague(person_id=1, is_left_alone=True), LEARNER), {2}),
    ],
)
def test_a_circle_with_nobody_in_it_is_skipped_at_once(desk: tuple[Colleague, ...], rung: set[int]) -> None:
    assert ring.ring(desk, 0) == rung


def test_who_speaks_or_is_away_sees_it_without_a_sound() -> None:
    assert ring.screens(DESK, 120) == {1: False, 2: False, 3: False, 4: True}


def test_a_circle_that_gets_narrow_again_takes_no_ring_back() -> None:
    learner = Colleague(person_id=2, knows=False, is_near=True, is_rung=True)
    assert ring.screens([EXPERT, learner], 5).keys() == {1, 2}


def test_a_screen_that_is_dark_for_a_moment_still_rings_afterwards() -> None:
    gone = Colleague(person_id=1, is_present=False, is_rung=True)
    assert ring.screens([gone, LEARNER], 5) == {1: False, 2: False}


def test_who_begins_to_speak_while_it_rings_is_let_be_until_all_are_rung() -> None:
    speaks = Colleague(person_id=4, is_available=False, is_rung=True)
    assert 4 not in ring.screens([EXPERT, speaks], 60)
    assert ring.screens([EXPERT, speaks], 120)[4] is True


@given(desk=desks, earlier=waits, later=waits)
@settings(max_examples=50)
def test_a_later_circle_has_everybody_of_the_earlier_ones(desk: list[Colleague], earlier: float, later: float) -> None:
    earlier, later = sorted((earlier, later))
    assert ring.ring(desk, earlier) <= ring.ring(desk, later)
    assert ring.screens(desk, earlier).keys() <= ring.screens(desk, later).keys()


@given(desk=desks, seconds=waits)
@settings(max_examples=50)
def test_nobody_is_rung_who_is_to_be_left_alone(desk: list[Colleague], seconds: float) -> None:
    left_alone = {each.person_id for each in desk if each.is_left_alone}
    assert not left_alone & ring.screens(desk, seconds).keys()


@given(desk=desks, seconds=waits)
@settings(max_examples=50)
def test_somebody_is_rung_as_soon_as_anybody_can_be(desk: list[Colleague], seconds: float) -> None:
    can_be = [each for each in desk if each.is_present and not each.is_left_alone]
    assert bool(can_be) == bool(ring.ring(desk, seconds))


@given(desk=desks, seconds=waits)
@settings(max_examples=50)
def test_only_those_who_are_available_hear_a_sound(desk: list[Colleague], seconds: float) -> None:
    by_id = {each.person_id: each for each in desk}
    for person_id, is_silent in ring.screens(desk, seconds).items():
        assert is_silent is not by_id[person_id].is_available


@pytest.mark.parametrize(
    ("seconds", "rung", "is_nobody_free"), [(0, 3, False), (179, 1, False), (180, 3, True), (0, 0, True)]
)
def test_one_is_told_plainly_when_nobody_is_free(seconds: float, rung: int, is_nobody_free: bool) -> None:
    assert ring.is_nobody_free(seconds, rung) is is_nobody_free


moments = st.none() | st.integers(0, 40_000).map(lambda seconds: NOW + timedelta(seconds=seconds))


@given(
    course=st.builds(
        Course,
        state=st.sampled_from(State),
        rung_at=moments.filter(bool),
        taken_at=moments,
        talking_at=moments,
        offered_until=moments,
    ),
    now=moments.filter(bool),
)
@settings(max_examples=50)
def test_the_next_moment_lies_ahead_until_it_is_over(course: Course, now: datetime) -> None:
    following = ring.next_moment(course, now=now)
    if course.state is State.OVER:
        assert following is None
    else:
        assert following is not None
        assert following > now


@pytest.mark.parametrize("second", [30, 60, 120, 180, ring.GIVES_UP_AFTER])
def test_a_call_that_rings_is_looked_at_exactly_when_something_changes(second: int) -> None:
    course, moment = Course(state=State.RINGING, rung_at=NOW), NOW
    seen = []
    while moment < NOW + timedelta(seconds=second):
        following = ring.next_moment(course, now=moment)
        assert following is not None
        moment = following
        seen.append(moment)
    assert NOW + timedelta(seconds=second) in seen


def test_a_call_that_somebody_came_to_is_looked_at_when_the_first_thing_ends() -> None:
    taken = Course(state=State.TAKEN, rung_at=NOW, taken_at=NOW)
    assert ring.next_moment(taken, now=NOW) == NOW + calls.LAPSES_AFTER
    offered = Course(state=State.TAKEN, rung_at=NOW, taken_at=NOW, offered_until=NOW + timedelta(seconds=60))
    assert ring.next_moment(offered, now=NOW) == NOW + timedelta(seconds=60)
    talks = Course(state=State.TAKEN, rung_at=NOW, taken_at=NOW, talking_at=NOW)
    assert ring.next_moment(talks, now=NOW) == NOW + calls.TALK_LASTS


MAY = {
    (Act.COME, State.RINGING): {Part.COLLEAGUE, Part.SECOND, Part.OFFERED},
    (Act.NOT_NOW, State.RINGING): {Part.COLLEAGUE, Part.SECOND, Part.OFFERED},
    (Act.CANCEL, State.RINGING): {Part.ASKER},
    (Act.TALK, State.TAKEN): {Part.ASKER, Part.HELPER},
    (Act.RING_AGAIN, State.TAKEN): {Part.ASKER},
    (Act.OFFER, State.TAKEN): {Part.HELPER},
    (Act.TAKE_OVER, State.TAKEN): {Part.OFFERED},
    (Act.REFUSE_OFFER, State.TAKEN): {Part.OFFERED},
    (Act.JOIN, State.TAKEN): {Part.COLLEAGUE, Part.OFFERED},
    (Act.LEAVE, State.TAKEN): {Part.HELPER, Part.SECOND},
    (Act.END, State.RINGING): {Part.ASKER},
    (Act.END, State.TAKEN): {Part.ASKER, Part.HELPER, Part.SECOND},
    (Act.WRITE_SOLUTION, State.TAKEN): {Part.ASKER, Part.HELPER, Part.SECOND},
    (Act.WRITE_SOLUTION, State.OVER): {Part.ASKER, Part.HELPER, Part.SECOND},
    (Act.KEEP, State.RINGING): {Part.ASKER},
    (Act.KEEP, State.OVER): {Part.ASKER},
    (Act.THROW_AWAY, State.OVER): {Part.ASKER},
    (Act.JOIN_INCIDENT, State.RINGING): {Part.ASKER},
    (Act.JOIN_INCIDENT, State.TAKEN): {Part.ASKER, Part.HELPER, Part.SECOND},
}


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("part", Part)
def test_everybody_may_do_what_is_theirs_and_nothing_else(act: Act, state: State, part: Part) -> None:
    assert calls.may(act, state, {part}) is (part in MAY.get((act, state), set()))
    assert calls.can_be_done(act, state) is ((act, state) in MAY)


def test_nothing_comes_back_from_the_end() -> None:
    assert not any(State.OVER in before for before in calls.BECOMES_FROM.values())
    assert calls.BECOMES_FROM.keys() == set(State)


@pytest.mark.parametrize(
    ("seconds", "name"),
    [(0, "within_10"), (10, "within_10"), (10.1, "within_30"), (60, "within_60"), (120, "within_120"), (121, "later")],
)
def test_waiting_is_counted_in_wide_steps(seconds: float, name: str) -> None:
    assert calls.waited_name(timedelta(seconds=seconds)) == name
