"""Signing up, being offered a seat, groups, and whether enough come: the services."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.blueprints.events import jobs as event_jobs
from portal.blueprints.events.facts import (
    EveningCancelled,
    EveningDecided,
    GaveUp,
    MovedUp,
    OfferLapsed,
    PutOnWaitList,
    SeatOffered,
    SeatTaken,
    SignedUp,
)
from portal.blueprints.events.models.evenings import Evening, EveningState, Reason
from portal.blueprints.events.models.signups import SignUp, SignUpGroup, SignUpState
from portal.blueprints.events.queries import attendance
from portal.blueprints.events.service import evenings, groups, line, series, signups, turnout
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.core import clock, facts, jobs
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotFound
from tests.factories.events import MONDAY, evening_wish, make_evening, make_sign_up, series_wish
from tests.factories.people import make_person

At = Callable[[datetime], None]
IN, OFFERED, WAITING = SignUpState.IN, SignUpState.OFFERED, SignUpState.WAITING
_told: list[object] = []
facts.on(
    SignedUp, PutOnWaitList, MovedUp, GaveUp, SeatOffered, SeatTaken, OfferLapsed, EveningDecided, EveningCancelled
)(_told.append)


@pytest.fixture
def told() -> list[object]:
    """Give what is told of sign-ups during the test."""
    _told.clear()
    return _told


def people_at(evening_id: int, state: SignUpState) -> list[int]:
    return [sign_up.person_id for sign_up in attendance.sign_ups(evening_id) if sign_up.state == state]


def full_evening(capacity: int, waiting: int, **values: object) -> tuple[Evening, list[Person]]:
    """Make an evening with every seat taken and some in line."""
    evening = make_evening(capacity=capacity, **values)
    crowd = [make_person() for _ in range(capacity + waiting)]
    for person in crowd:
        signups.sign_up(person, evening.id)
    return evening, crowd


def resize(otto: Person, evening: Evening, capacity: int | None) -> None:
    wish = evening_wish(evening.starts_at, words=evenings.words_of(evening), capacity=capacity)
    evenings.change(otto, evening.id, wish)


def ids(persons: Sequence[Person]) -> list[int]:
    return [person.id for person in persons]


def test_signing_up_twice_is_one_sign_up(anne: Person, told: list[object]) -> None:
    with transaction():
        evening = make_evening(capacity=2)
        first = signups.sign_up(anne, evening.id)
        again = signups.sign_up(anne, evening.id)
    assert first is again
    assert told == [SignedUp(evening_id=evening.id, person_id=anne.id)]


def test_the_seventh_of_six_waits_and_is_offered_the_seat_when_one_leaves(told: list[object], session: Session) -> None:
    with transaction():
        evening, seven = full_evening(6, 1)
    assert people_at(evening.id, WAITING) == [seven[6].id]
    assert told[-1] == PutOnWaitList(evening_id=evening.id, person_id=seven[6].id)
    with transaction():
        signups.give_up(seven[2], evening.id)
    assert people_at(evening.id, OFFERED) == [seven[6].id]
    assert told[-2:] == [
        GaveUp(evening_id=evening.id, person_id=seven[2].id, sequence=None),
        SeatOffered(evening_id=evening.id, person_id=seven[6].id),
    ]
    with transaction():
        signups.accept(seven[6], evening.id)
        signups.accept(seven[6], evening.id)
    assert seven[6].id in people_at(evening.id, IN)
    assert told[-1] == SeatTaken(evening_id=evening.id, person_id=seven[6].id)
    assert attendance.get_sign_up(seven[6].id, evening.id).offered_until is None


def test_who_says_no_to_an_offer_leaves_and_the_next_is_asked(session: Session) -> None:
    with transaction():
        evening, (first, second, third) = full_evening(1, 2)
        signups.give_up(first, evening.id)
        signups.give_up(second, evening.id)
    assert people_at(evening.id, OFFERED) == [third.id]
    assert second.id not in [sign_up.person_id for sign_up in attendance.sign_ups(evening.id)]


def test_what_nobody_answers_goes_to_the_next_by_itself(told: list[object], at: At, session: Session) -> None:
    with transaction():
        evening, (first, second, third) = full_evening(1, 2)
        signups.give_up(first, evening.id)
        until = attendance.get_sign_up(second.id, evening.id).offered_until
    assert until
    jobs.run_due(50)
    at(until)
    jobs.run_due(50)
    assert people_at(evening.id, OFFERED) == [third.id]
    assert OfferLapsed(evening_id=evening.id, person_id=second.id) in told
    with pytest.raises(Conflict), transaction():
        signups.accept(second, evening.id)
    with transaction():
        assert signups.sign_up(second, evening.id).state == WAITING, "at the end, as everybody"


def test_an_offer_is_a_seat_once_seats_are_no_longer_counted(
    told: list[object], at: At, otto: Person, session: Session
) -> None:
    with transaction():
        evening, (first, second, third) = full_evening(1, 2)
        signups.give_up(first, evening.id)
        until = attendance.get_sign_up(second.id, evening.id).offered_until
    assert until
    with transaction():
        wish = evening_wish(evening.starts_at, words=evenings.words_of(evening), capacity=None)
        evenings.change(otto, evening.id, wish)
    assert people_at(evening.id, IN) == [second.id, third.id]
    at(until)
    jobs.run_due(50)
    assert people_at(evening.id, IN) == [second.id, third.id]
    assert MovedUp(evening_id=evening.id, person_id=second.id) in told


def test_the_sweep_finds_an_offer_whose_own_job_was_lost(at: At, session: Session) -> None:
    with transaction():
        evening, (first, second, third) = full_evening(1, 2)
        signups.give_up(first, evening.id)
        until = attendance.get_sign_up(second.id, evening.id).offered_until
        db.session.query(jobs.Job).delete()
    assert until
    at(until)
    with transaction():
        event_jobs.keep_lines()
    jobs.run_due(50)
    assert people_at(evening.id, OFFERED) == [third.id]


def test_an_offer_is_for_the_one_who_got_it(anne: Person, bjarne: Person, didrik: Person) -> None:
    with transaction():
        evening = make_evening(capacity=1)
        signups.sign_up(anne, evening.id)
        signups.sign_up(bjarne, evening.id)
    for person in (bjarne, didrik):
        with pytest.raises(Conflict), transaction():
            signups.accept(person, evening.id)
    assert people_at(evening.id, IN) == [anne.id]


def test_leaving_leaves_no_trace(anne: Person) -> None:
    with transaction():
        evening = make_evening()
        signups.sign_up(anne, evening.id)
        groups.make(anne, evening.id)
        signups.give_up(anne, evening.id)
        signups.give_up(anne, evening.id)
    for table in (SignUp, SignUpGroup):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0


def test_leaving_from_the_line_moves_nobody(session: Session) -> None:
    with transaction():
        evening, (first, second, third) = full_evening(1, 2)
        signups.give_up(second, evening.id)
    assert people_at(evening.id, IN) == [first.id]
    assert people_at(evening.id, WAITING) == [third.id]


def test_after_it_has_begun_nobody_comes_leaves_accepts_or_is_asked(carla: Person, at: At) -> None:
    with transaction():
        evening, (first, second, third) = full_evening(2, 1)
        signups.give_up(first, evening.id)
    assert people_at(evening.id, OFFERED) == [third.id]
    at(evening.starts_at)
    attempts = (signups.sign_up, signups.give_up, signups.accept)
    for attempt in attempts:
        with pytest.raises(Conflict), transaction():
            attempt(third, evening.id)
    with transaction():
        people.deactivate(carla, second)
        line.keep(evening.id)
    assert people_at(evening.id, IN) == [second.id]
    assert people_at(evening.id, OFFERED) == []


def test_an_offer_never_outlasts_an_evening_that_is_moved_to_an_earlier_time(otto: Person) -> None:
    with transaction():
        evening, (first, second) = full_evening(1, 1)
        signups.give_up(first, evening.id)
        sooner = clock.now() + timedelta(hours=1)
        evenings.change(
            otto, evening.id, evening_wish(sooner, words=evenings.words_of(evening), capacity=evening.capacity)
        )
    assert attendance.get_sign_up(second.id, evening.id).offered_until == sooner


def test_raising_the_capacity_asks_from_the_front_and_lowering_throws_nobody_out(otto: Person) -> None:
    with transaction():
        evening, four = full_evening(1, 3)
        resize(otto, evening, 3)
    assert people_at(evening.id, OFFERED) == ids(four[1:3])
    with transaction():
        signups.accept(four[1], evening.id)
        resize(otto, evening, 1)
        signups.give_up(four[0], evening.id)
        signups.accept(four[2], evening.id)
    assert people_at(evening.id, IN) == ids(four[1:3])
    assert people_at(evening.id, WAITING) == ids(four[3:])
    assert evening.changed_revision == 0


def test_without_a_capacity_those_who_wait_have_their_seats_at_once(otto: Person, told: list[object]) -> None:
    with transaction():
        evening, three = full_evening(1, 2)
        resize(otto, evening, None)
    assert people_at(evening.id, IN) == ids(three)
    assert told[-2:] == [MovedUp(evening_id=evening.id, person_id=person.id) for person in three[1:]]


def test_who_leaves_the_desk_leaves_the_evenings_to_come(carla: Person, anne: Person, bjarne: Person) -> None:
    with transaction():
        evening = make_evening(capacity=1)
        over = make_evening(MONDAY - timedelta(days=7))
        make_sign_up(over, anne)
        signups.sign_up(anne, evening.id)
        signups.sign_up(bjarne, evening.id)
        people.deactivate(carla, anne)
    assert people_at(evening.id, OFFERED) == [bjarne.id]
    assert people_at(over.id, IN) == [anne.id]


def test_guests_take_seats(anne: Person, bjarne: Person) -> None:
    with transaction():
        evening = make_evening(capacity=4)
        signups.sign_up(anne, evening.id, guests=2)
        signups.sign_up(bjarne, evening.id, guests=1)
    assert people_at(evening.id, IN) == [anne.id]
    with transaction():
        signups.sign_up(anne, evening.id, guests=1)
    assert people_at(evening.id, OFFERED) == [bjarne.id]


@pytest.mark.parametrize("guests", [-1, 4])
def test_nobody_brings_more_than_three(anne: Person, guests: int) -> None:
    with transaction():
        evening = make_evening(capacity=9)
    with pytest.raises(Invalid) as refused, transaction():
        signups.sign_up(anne, evening.id, guests=guests)
    assert refused.value.field == "guests"


def test_nobody_waits_with_more_guests_than_there_are_seats(anne: Person) -> None:
    with transaction():
        evening = make_evening(capacity=2)
    with pytest.raises(Invalid), transaction():
        signups.sign_up(anne, evening.id, guests=2)


def test_bringing_more_passes_nobody_over(session: Session) -> None:
    with transaction():
        evening, (first, second, third) = full_evening(2, 1)
    for person in (first, second):
        with pytest.raises(Invalid), transaction():
            signups.sign_up(person, evening.id, guests=1)
    with transaction():
        assert signups.sign_up(third, evening.id, guests=1).guests == 1, "nobody stands behind the last"


def test_seats_wait_for_a_large_party_until_two_hours_before(at: At, session: Session) -> None:
    with transaction():
        evening = make_evening(capacity=3)
        crowd = [make_person() for _ in range(5)]
        for person in crowd[:3]:
            signups.sign_up(person, evening.id)
        signups.sign_up(crowd[3], evening.id, guests=1)
        signups.sign_up(crowd[4], evening.id)
        signups.give_up(crowd[0], evening.id)
    assert people_at(evening.id, WAITING) == ids(crowd[3:])
    at(evening.starts_at - timedelta(hours=2))
    with transaction():
        event_jobs.keep_lines()
    jobs.run_due(50)
    assert people_at(evening.id, OFFERED) == [crowd[4].id]
    assert people_at(evening.id, WAITING) == [crowd[3].id], "whoever does not fit keeps their place"


def test_a_group_that_keeps_together_is_asked_when_all_of_it_fits(session: Session) -> None:
    with transaction():
        evening, (first, second, third, alone) = full_evening(2, 2)
        code = groups.make(third, evening.id).code
        friend = make_person()
        groups.join(friend, evening.id, code)
        for person in (third, friend):
            groups.keep_together(person, evening.id, keeps=True)
        signups.give_up(first, evening.id)
    assert people_at(evening.id, OFFERED) == [alone.id], "the two stand where the last of them stands"
    with transaction():
        signups.give_up(alone, evening.id)
    assert people_at(evening.id, OFFERED) == [], "one seat waits for both"
    with transaction():
        signups.give_up(second, evening.id)
    assert people_at(evening.id, OFFERED) == ids([third, friend])


def test_who_stops_waiting_for_the_group_is_back_where_they_stood(session: Session) -> None:
    with transaction():
        evening, (first, second, _) = full_evening(1, 2)
        friend = make_person()
        groups.join(friend, evening.id, groups.make(second, evening.id).code)
        for person in (second, friend):
            groups.keep_together(person, evening.id, keeps=True)
        groups.keep_together(second, evening.id, keeps=False)
        signups.give_up(first, evening.id)
    assert people_at(evening.id, OFFERED) == [second.id]


def test_a_group_has_six_at_most_and_its_code_opens_only_its_own_evening(anne: Person) -> None:
    with transaction():
        evening, other = make_evening(), make_evening()
        signups.sign_up(anne, evening.id)
        code = groups.make(anne, evening.id).code
        for _ in range(5):
            groups.join(make_person(), evening.id, code)
    with pytest.raises(Conflict), transaction():
        groups.join(make_person(), evening.id, code)
    with pytest.raises(NotFound), transaction():
        groups.join(make_person(), other.id, code)


def test_joining_again_or_another_group_is_one_sign_up(anne: Person, bjarne: Person, didrik: Person) -> None:
    with transaction():
        evening = make_evening()
        for person in (anne, bjarne):
            signups.sign_up(person, evening.id)
        of_anne, of_bjarne = groups.make(anne, evening.id), groups.make(bjarne, evening.id)
        for group in (of_anne, of_anne, of_bjarne):
            joined = groups.join(didrik, evening.id, group.code)
        groups.join(anne, evening.id, of_bjarne.code)
        assert joined.group_id == of_bjarne.id
        groups.leave(didrik, evening.id)
        groups.leave(didrik, evening.id)
    assert db.session.scalars(select(SignUpGroup.id)).all() == [of_bjarne.id]
    assert len(attendance.sign_ups(evening.id)) == 3


def undecided(otto: Person, minimum: int, **values: object) -> Evening:
    starts_at = MONDAY + timedelta(days=3)
    return evenings.plan(otto, evening_wish(starts_at, minimum=minimum, decide_hours=24, **values))


def test_an_evening_with_too_few_is_called_off_by_itself(
    otto: Person, anne: Person, bjarne: Person, told: list[object], at: At
) -> None:
    with transaction():
        evening = undecided(otto, 3, capacity=2 + 1)
        signups.sign_up(anne, evening.id, guests=1)
        make_sign_up(evening, bjarne, position=9, state=OFFERED, offered_until=evening.starts_at)
    jobs.run_due(50)
    assert not evening.is_cancelled
    at(evening.starts_at - timedelta(hours=24))
    jobs.run_due(50)
    assert (evening.state, evening.reason) == (EveningState.CANCELLED, Reason.TOO_FEW)
    assert told[-1] == EveningCancelled(evening_id=evening.id, by_id=None)


def test_an_evening_with_enough_is_on_and_stays_on(
    otto: Person, anne: Person, bjarne: Person, told: list[object], at: At
) -> None:
    with transaction():
        evening = undecided(otto, 3)
        signups.sign_up(anne, evening.id, guests=2)
    at(evening.starts_at - timedelta(hours=24))
    jobs.run_due(50)
    assert evening.decided_at == clock.now()
    assert told[-1] == EveningDecided(evening_id=evening.id)
    with transaction():
        signups.give_up(anne, evening.id)
        wish = evening_wish(evening.starts_at, words=evenings.words_of(evening), minimum=9)
        evenings.change(otto, evening.id, wish)
    jobs.run_due(50)
    with transaction():
        turnout.decide(evening.id)
        turnout.decide_all()
    jobs.run_due(50)
    assert not evening.is_cancelled


def test_a_moved_evening_is_decided_as_long_before_its_new_time(otto: Person, at: At) -> None:
    with transaction():
        evening = undecided(otto, 2)
        before = evening.decides_at
        later = evening.starts_at + timedelta(days=7)
        wish = evening_wish(later, words=evenings.words_of(evening), minimum=2, decide_hours=24)
        evenings.change(otto, evening.id, wish)
    assert before
    assert evening.decides_at == before + timedelta(days=7)
    at(before)
    jobs.run_due(50)
    assert not evening.is_cancelled
    at(before + timedelta(days=7))
    jobs.run_due(50)
    assert evening.is_cancelled


def test_a_worker_that_was_away_calls_off_nothing_that_has_begun(otto: Person, at: At) -> None:
    with transaction():
        evening = undecided(otto, 5)
    at(evening.starts_at)
    with transaction():
        turnout.decide_all()
        turnout.decide(evening.id)
    jobs.run_due(50)
    assert not evening.is_cancelled


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"minimum": 0}, "minimum"),
        ({"minimum": 5, "capacity": 4}, "minimum"),
        ({"minimum": 2, "decide_hours": 0}, "decide_hours"),
        ({"minimum": 2, "decide_hours": 337}, "decide_hours"),
        ({"minimum": 2, "decide_hours": 96}, "decide_hours"),
    ],
)
def test_a_minimum_that_cannot_be_is_refused_at_its_field(otto: Person, values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused, transaction():
        evenings.plan(otto, evening_wish(**values))
    assert refused.value.field == field


def test_each_night_of_a_series_is_decided_on_its_own_but_one_made_too_late_for_that_will_be(otto: Person) -> None:
    with transaction():
        made = series.make(otto, series_wish(minimum=4, decide_hours=72))
        nights = db.session.scalars(
            select(Evening).where(Evening.series_id == made.id).order_by(Evening.starts_at)
        ).all()
    assert (nights[0].minimum, nights[0].decides_at) == (None, None)
    assert {night.minimum for night in nights[1:]} == {4}
    assert all(night.decides_at == night.starts_at - timedelta(hours=72) for night in nights[1:])
