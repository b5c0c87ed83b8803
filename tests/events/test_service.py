from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from portal.blueprints.events.models.evenings import Evening, EveningState
from portal.blueprints.events.models.signups import ShownAs, SignUpState
from portal.blueprints.events.queries import attendance, calendars, finding
from portal.blueprints.events.rules.recurrence import LAST, Frequency
from portal.blueprints.events.service import evenings, feeds, series, signups
from portal.blueprints.events.service.wishes import Size, Words
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.blueprints.rooms import queries as rooms
from portal.blueprints.rooms.models import BookingState
from portal.core import clock
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.patient_data import PatientData
from tests.factories.events import GAMES, MONDAY, evening_wish, make_evening, series_wish
from tests.factories.rooms import make_room

NUMBER = "13097248022"


def starts(series_id: int) -> list[datetime]:
    evenings_of = select(Evening.starts_at).where(Evening.series_id == series_id).order_by(Evening.starts_at)
    return list(db.session.scalars(evenings_of))


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


def test_a_series_that_is_resized_takes_its_nights_along_but_for_those_with_numbers_of_their_own(otto: Person) -> None:
    with transaction():
        made = series.make(otto, series_wish(capacity=8))
        soon, second, third, *rest = finding.planned_of_series(made.id, after=clock.now())
        own = evening_wish(third.starts_at, words=evenings.words_of(third), capacity=20)
        evenings.change(otto, third.id, own)
    with transaction():
        series.resize(otto, made.id, Size(capacity=6, minimum=3, decide_hours=72))
    hours = timedelta(hours=72)
    assert (soon.capacity, soon.minimum) == (8, None), "it would have been settled on Sunday already"
    assert (second.capacity, second.minimum, second.decides_at) == (6, 3, second.starts_at - hours)
    assert (third.capacity, third.minimum) == (20, None)
    with transaction():
        series.resize(otto, made.id, Size())
    assert [(night.capacity, night.minimum, night.decides_at) for night in (second, *rest)] == [(None, None, None)] * (
        1 + len(rest)
    )
    assert made.decide_hours is None


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


def test_nobody_signs_up_for_what_is_called_off_or_not_there(anne: Person, otto: Person) -> None:
    with transaction():
        evening = make_evening()
        evenings.cancel(otto, evening.id)
    with pytest.raises(Conflict), transaction():
        signups.sign_up(anne, evening.id)
    with pytest.raises(NotFound), transaction():
        signups.sign_up(anne, evening.id + 1)


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
    assert [(one.person_id, one.state) for one in attendance.sign_ups(evening.id)] == [(bjarne.id, SignUpState.OFFERED)]
