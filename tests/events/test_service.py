from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.blueprints.events.facts import GaveUp, MovedUp, PutOnWaitList, SignedUp
from portal.blueprints.events.models.evenings import Evening, EveningState
from portal.blueprints.events.models.signups import ShownAs, SignUp, SignUpState
from portal.blueprints.events.queries import attendance, calendars, finding
from portal.blueprints.events.rules.recurrence import LAST, Frequency
from portal.blueprints.events.service import evenings, feeds, series, signups
from portal.blueprints.events.service.wishes import Words
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.blueprints.rooms import queries as rooms
from portal.blueprints.rooms.models import BookingState
from portal.core import clock, facts
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.patient_data import PatientData
from tests.factories.events import GAMES, MONDAY, evening_wish, make_evening, make_sign_up, series_wish
from tests.factories.people import make_person
from tests.factories.rooms import make_room

NUMBER = "13097248022"

_told: list[object] = []
facts.on(SignedUp, PutOnWaitList, MovedUp, GaveUp)(_told.append)


@pytest.fixture
def told() -> list[object]:
    """Give what is told of sign-ups during the test."""
    _told.clear()
    return _told


def starts(series_id: int) -> list[datetime]:
    evenings_of = select(Evening.starts_at).where(Evening.series_id == series_id).order_by(Evening.starts_at)
    return list(db.session.scalars(evenings_of))


def people_at(evening_id: int, state: SignUpState) -> list[int]:
    return [sign_up.person_id for sign_up in attendance.sign_ups(evening_id) if sign_up.state == state]


def test_the_next_six_evenings_of_a_weekly_series_exist(otto: Person) -> None:
    with transaction():
        made = series.make(otto, series_wish())
    days = [clock.wall(moment) for moment in starts(made.id)]
    assert [day.date() for day in days] == [date(2026, 11, 25) + timedelta(weeks=n) for n in range(6)]
    assert {day.time() for day in days} == {time(17)}


def test_the_next_six_evenings_exist_whatever_the_hour(otto: Person, at: Callable[[datetime], None]) -> None:
    at(datetime(2026, 11, 25, 17, 0, tzinfo=UTC))  # Wednesday at six: this one has begun
    with transaction():
        made = series.make(otto, series_wish())
    assert len(starts(made.id)) == 6
    assert clock.wall(starts(made.id)[0]).date() == date(2026, 12, 2)


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28)])
def test_evenings_stay_at_five_across_the_change_of_summer_time(
    otto: Person, at: Callable[[datetime], None], change: date
) -> None:
    at(datetime.combine(change - timedelta(days=14), time(9), UTC))
    with transaction():
        made = series.make(otto, series_wish(starts_on=change - timedelta(days=14)))
    moments = starts(made.id)
    assert {clock.wall(moment).time() for moment in moments} == {time(17)}
    assert {moment.time() for moment in moments} == {time(15), time(16)}


def test_making_the_next_evenings_again_makes_none_twice(otto: Person, at: Callable[[datetime], None]) -> None:
    with transaction():
        made = series.make(otto, series_wish())
    before = starts(made.id)
    with transaction():
        series.make_all_next()
    assert starts(made.id) == before
    at(MONDAY + timedelta(days=7))
    with transaction():
        series.make_all_next()
    assert len(starts(made.id)) == 7
    assert starts(made.id)[:6] == before


def test_a_monthly_series_has_its_last_thursday(otto: Person) -> None:
    with transaction():
        made = series.make(otto, series_wish(frequency=Frequency.MONTHLY, weekday=3, nth=LAST))
    assert [clock.wall(moment).date() for moment in starts(made.id)] == [date(2026, 11, 26), date(2026, 12, 31)]


def test_a_cancelled_evening_is_not_made_again(otto: Person) -> None:
    with transaction():
        made = series.make(otto, series_wish())
        first = finding.planned_of_series(made.id, after=clock.now())[0]
        evenings.cancel(otto, first.id)
        series.make_next(made.id)
    assert len(starts(made.id)) == 6
    assert first.state == EveningState.CANCELLED


def test_moving_one_evening_leaves_the_rest_of_its_series(otto: Person) -> None:
    with transaction():
        made = series.make(otto, series_wish())
        first, second = finding.planned_of_series(made.id, after=clock.now())[:2]
        second_before = second.starts_at
        thursday = first.starts_at + timedelta(days=1)
        evenings.change(otto, first.id, evening_wish(thursday))
        series.make_next(made.id)
    assert (first.starts_at, first.revision, first.original_on) == (thursday, 1, date(2026, 11, 25))
    assert (second.starts_at, second.revision) == (second_before, 0)
    assert len(starts(made.id)) == 6


def test_a_reworded_series_leaves_evenings_with_words_of_their_own(otto: Person) -> None:
    with transaction():
        made = series.make(otto, series_wish())
        first, second = finding.planned_of_series(made.id, after=clock.now())[:2]
        own = Words(title="Julebrettspel", details="Kom og spel.")
        evenings.change(otto, first.id, evening_wish(first.starts_at, words=own))
        series.reword(otto, made.id, Words(title="Spelkveld", details="Kom og spel."))
    assert (first.title, first.revision) == ("Julebrettspel", 1)
    assert (second.title, second.revision) == ("Spelkveld", 1)


def test_ending_a_series_calls_off_what_comes_after(otto: Person) -> None:
    with transaction():
        made = series.make(otto, series_wish())
        series.end(otto, made.id, last_on=date(2026, 12, 2))
        series.make_all_next()
    states = db.session.scalars(select(Evening.state).order_by(Evening.starts_at)).all()
    assert states == [EveningState.PLANNED] * 2 + [EveningState.CANCELLED] * 4


def test_only_organisers_make_and_change(didrik: Person, otto: Person) -> None:
    with transaction():
        evening = make_evening()
        made = series.make(otto, series_wish())
    attempts: list[Callable[[], object]] = [
        lambda: series.make(didrik, series_wish()),
        lambda: series.reword(didrik, made.id, GAMES),
        lambda: series.end(didrik, made.id, last_on=date(2026, 12, 1)),
        lambda: evenings.plan(didrik, evening_wish()),
        lambda: evenings.change(didrik, evening.id, evening_wish()),
        lambda: evenings.cancel(didrik, evening.id),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed), transaction():
            attempt()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"weekday": 9}, "weekday"),
        ({"nth": 2}, "nth"),
        ({"interval": 40}, "interval"),
        ({"until": date(2026, 11, 1)}, "until"),
        ({"until": date(2026, 11, 24)}, "until"),
        ({"capacity": 0}, "capacity"),
        ({"seats": 900}, "seats"),
        ({"minutes": 3}, "minutes"),
        ({"starts": time(17, 3)}, "starts"),
        ({"words": Words(title="")}, "title"),
        ({"words": Words(title="x" * 121)}, "title"),
        ({"words": Words(title="Kveld", details="x" * 2001)}, "details"),
    ],
)
def test_a_series_that_cannot_be_is_refused_at_its_field(otto: Person, values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused, transaction():
        series.make(otto, series_wish(**values))
    assert refused.value.field == field


@pytest.mark.parametrize("field", ["title", "details", "place"])
def test_identity_numbers_are_refused_in_every_word(otto: Person, field: str) -> None:
    words = Words(**{"title": "Kveld", field: f"Ring {NUMBER}"})  # type: ignore[arg-type]
    for attempt in (
        lambda: series.make(otto, series_wish(words=words)),
        lambda: evenings.plan(otto, evening_wish(words=words)),
    ):
        with pytest.raises(PatientData) as refused, transaction():
            attempt()
        assert refused.value.field == field


def test_an_evening_in_the_past_cannot_be_planned(otto: Person) -> None:
    with pytest.raises(Invalid), transaction():
        evenings.plan(otto, evening_wish(MONDAY - timedelta(hours=1)))


def test_signing_up_twice_is_one_sign_up(anne: Person, told: list[object]) -> None:
    with transaction():
        evening = make_evening(capacity=2)
        first = signups.sign_up(anne, evening.id)
        again = signups.sign_up(anne, evening.id)
    assert first is again
    assert told == [SignedUp(evening_id=evening.id, person_id=anne.id)]


def test_the_seventh_of_six_waits_and_gets_the_seat_when_one_leaves(told: list[object], session: Session) -> None:
    with transaction():
        evening = make_evening(capacity=6)
        seven = [make_person() for _ in range(7)]
        for person in seven:
            signups.sign_up(person, evening.id)
    assert people_at(evening.id, SignUpState.WAITING) == [seven[6].id]
    assert told[-1] == PutOnWaitList(evening_id=evening.id, person_id=seven[6].id)
    with transaction():
        signups.give_up(seven[2], evening.id)
    assert people_at(evening.id, SignUpState.WAITING) == []
    assert seven[6].id in people_at(evening.id, SignUpState.IN)
    assert told[-2:] == [
        GaveUp(evening_id=evening.id, person_id=seven[2].id, sequence=None),
        MovedUp(evening_id=evening.id, person_id=seven[6].id),
    ]


def test_leaving_leaves_no_trace(anne: Person, bjarne: Person) -> None:
    with transaction():
        evening = make_evening()
        signups.sign_up(anne, evening.id)
        signups.give_up(anne, evening.id)
        signups.give_up(anne, evening.id)
    assert db.session.scalar(select(func.count()).select_from(SignUp)) == 0


def test_leaving_from_the_line_moves_nobody(told: list[object], session: Session) -> None:
    with transaction():
        evening = make_evening(capacity=1)
        first, second, third = (make_person() for _ in range(3))
        for person in (first, second, third):
            signups.sign_up(person, evening.id)
        signups.give_up(second, evening.id)
    assert people_at(evening.id, SignUpState.IN) == [first.id]
    assert people_at(evening.id, SignUpState.WAITING) == [third.id]


def test_after_it_has_begun_nobody_comes_leaves_or_moves_up(
    anne: Person, bjarne: Person, at: Callable[[datetime], None]
) -> None:
    with transaction():
        evening = make_evening(capacity=1)
        signups.sign_up(anne, evening.id)
        signups.sign_up(bjarne, evening.id)
    at(evening.starts_at)
    for attempt in (signups.sign_up, signups.give_up):
        with pytest.raises(Conflict), transaction():
            attempt(anne, evening.id)
    with transaction():
        people.deactivate(bjarne, anne)
    assert people_at(evening.id, SignUpState.WAITING) == [bjarne.id]


def test_nobody_signs_up_for_what_is_called_off_or_not_there(anne: Person, otto: Person) -> None:
    with transaction():
        evening = make_evening()
        evenings.cancel(otto, evening.id)
    with pytest.raises(Conflict), transaction():
        signups.sign_up(anne, evening.id)
    with pytest.raises(NotFound), transaction():
        signups.sign_up(anne, evening.id + 1)


def test_raising_the_capacity_fills_from_the_line_and_lowering_throws_nobody_out(otto: Person) -> None:
    with transaction():
        evening = make_evening(capacity=1)
        four = [make_person() for _ in range(4)]
        for person in four:
            signups.sign_up(person, evening.id)
        wish = evening_wish(evening.starts_at, words=evenings.words_of(evening), capacity=3)
        evenings.change(otto, evening.id, wish)
    ids = [person.id for person in four]
    assert people_at(evening.id, SignUpState.IN) == ids[:3]
    with transaction():
        wish = evening_wish(evening.starts_at, words=evenings.words_of(evening), capacity=1)
        evenings.change(otto, evening.id, wish)
        signups.give_up(four[0], evening.id)
    assert people_at(evening.id, SignUpState.IN) == ids[1:3]
    assert people_at(evening.id, SignUpState.WAITING) == ids[3:]
    assert evening.changed_revision == 0


def test_who_leaves_the_desk_leaves_the_evenings_to_come(carla: Person, anne: Person, bjarne: Person) -> None:
    with transaction():
        evening = make_evening(capacity=1)
        over = make_evening(MONDAY - timedelta(days=7))
        make_sign_up(over, anne)
        signups.sign_up(anne, evening.id)
        signups.sign_up(bjarne, evening.id)
        people.deactivate(carla, anne)
    assert people_at(evening.id, SignUpState.IN) == [bjarne.id]
    assert people_at(over.id, SignUpState.IN) == [anne.id]


def test_a_note_is_guarded_sealed_kept_apart_and_forgotten(anne: Person, at: Callable[[datetime], None]) -> None:
    with transaction():
        evening = make_evening()
        mine = signups.sign_up(anne, evening.id, note="Toler ikkje nøtter", shown_as=ShownAs.SOMEONE)
    assert mine.sealed_note
    assert b"n\xc3\xb8tter" not in mine.sealed_note
    assert attendance.note_of(mine) == "Toler ikkje nøtter"
    with transaction():
        signups.sign_up(anne, evening.id)
    assert (attendance.note_of(mine), mine.shown_as) == ("Toler ikkje nøtter", ShownAs.SOMEONE)
    with pytest.raises(PatientData), transaction():
        signups.sign_up(anne, evening.id, note=NUMBER)
    at(evening.ends_at + timedelta(hours=13))
    with transaction():
        signups.forget_notes()
    assert mine.sealed_note is None


def test_a_note_that_is_too_long_is_refused(anne: Person) -> None:
    with transaction():
        evening = make_evening()
    with pytest.raises(Invalid) as refused, transaction():
        signups.sign_up(anne, evening.id, note="x" * 301)
    assert refused.value.field == "note"


def test_every_evening_that_needs_a_room_asks_for_one(otto: Person) -> None:
    with transaction():
        make_room(seats=12)
        made = series.make(otto, series_wish(needs_room=True, capacity=10))
    coming = finding.planned_of_series(made.id, after=clock.now())
    booked = rooms.bookings_of([evening.purpose for evening in coming])
    assert len(booked) == 6
    assert {booking.state for booking in booked.values()} == {BookingState.WISHED}
    assert {booking.seats for booking in booked.values()} == {10}


def test_calling_off_or_moving_an_evening_moves_its_room(otto: Person) -> None:
    with transaction():
        make_room(seats=12)
        evening = evenings.plan(otto, evening_wish(needs_room=True))
        later = evening.starts_at + timedelta(days=1)
        evenings.change(otto, evening.id, evening_wish(later, needs_room=True))
    assert rooms.booking_of(evening.purpose).starts_at == later  # type: ignore[union-attr]
    with transaction():
        evenings.cancel(otto, evening.id)
    assert not rooms.booking_of(evening.purpose).is_wanted  # type: ignore[union-attr]


def test_an_evening_that_needs_no_room_any_more_gives_it_back(otto: Person) -> None:
    with transaction():
        make_room(seats=12)
        evening = evenings.plan(otto, evening_wish(needs_room=True))
        evenings.change(otto, evening.id, evening_wish(evening.starts_at, needs_room=False))
    assert not rooms.booking_of(evening.purpose).is_wanted  # type: ignore[union-attr]


def test_a_feed_secret_is_kept_as_a_digest_and_a_new_one_replaces_it(anne: Person) -> None:
    with transaction():
        old = feeds.make_secret(anne)
        new = feeds.make_secret(anne)
    stored = calendars.find_feed(anne.id)
    assert stored
    assert new not in stored.digest
    assert calendars.get_subscriber(new) is anne
    with pytest.raises(NotFound):
        calendars.get_subscriber(old)
    with transaction():
        feeds.remove_secret(anne)
    with pytest.raises(NotFound):
        calendars.get_subscriber(new)


def test_the_feed_of_somebody_who_has_left_is_gone(anne: Person, carla: Person) -> None:
    with transaction():
        secret = feeds.make_secret(anne)
        people.deactivate(carla, anne)
    with pytest.raises(NotFound):
        calendars.get_subscriber(secret)


def test_own_data_can_be_taken_out_and_erased(anne: Person, bjarne: Person) -> None:
    with transaction():
        evening = make_evening(capacity=1)
        signups.sign_up(anne, evening.id, note="Kjem seint")
        signups.sign_up(bjarne, evening.id)
    exported = attendance.export_sign_ups(anne.id)
    assert [(row["evening"], row["note"], row["state"]) for row in exported] == [("Brettspelkveld", "Kjem seint", "in")]
    with transaction():
        signups.erase(anne.id)
    assert people_at(evening.id, SignUpState.IN) == [bjarne.id]
