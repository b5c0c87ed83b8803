"""All the nights of a series that are in sight: those that are made, those that were left out, and those to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from portal.blueprints.events.models.evenings import Evening, Series
from portal.blueprints.events.models.signups import SignUp
from portal.blueprints.events.queries import finding
from portal.blueprints.events.rules import recurrence
from portal.blueprints.events.rules.recurrence import Sight
from portal.blueprints.rooms import queries as rooms
from portal.blueprints.rooms.models import Booking
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.settings import current_settings

SHOWN = 12


class NightState(StrEnum):
    """What a night of a series is."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    TO_COME = "to_come"


@dataclass(frozen=True, kw_only=True)
class Night:
    """One night of a series. `day` is the one of the rule, wherever the evening was moved."""

    day: date
    starts_at: datetime
    ends_at: datetime
    state: NightState
    comes_on: date | None = None  # the day on which it is made, for one that is not made yet
    evening: Evening | None = None
    booking: Booking | None = None
    sign_ups: int = 0

    @property
    def is_moved(self) -> bool:
        """Tell whether it is on another day than the rule says."""
        return clock.wall(self.starts_at).date() != self.day

    @property
    def is_on(self) -> bool:
        """Tell whether it is to be."""
        return self.state in (NightState.PLANNED, NightState.TO_COME)


def sight_of(series: Series) -> Sight:
    """Tell how far ahead the evenings of a series are made."""
    window = rooms.window_of(series.room_id) if series.needs_room else None
    weeks = timedelta(weeks=current_settings().weeks_ahead)
    return Sight(last_on=clock.today() + weeks, ends_by=clock.now() + window if window is not None else None)


def plan_of(series: Series) -> list[Night]:
    """Give the nights of a series to come, in order."""
    made = {evening.original_on: evening for evening in _to_come(series.id)}
    days = {day for day in recurrence.coming(series.rule.whole, clock.today(), SHOWN) if day not in made}
    days -= finding.made_days(series.id)  # moved to the past, or over for today
    bookings = rooms.bookings_of([evening.purpose for evening in made.values() if evening.needs_room])
    counts = _sign_ups([evening.id for evening in made.values()])
    sight = sight_of(series)
    nights = [_of_evening(evening, series, bookings, counts) for evening in made.values()]
    nights += [_of_day(day, series, sight) for day in days]
    return sorted((night for night in nights if night.starts_at > clock.now()), key=lambda night: night.starts_at)


def get_night(series: Series, day: date) -> Night:
    """Give one night to come of a series, by the day of its rule."""
    night = next((each for each in plan_of(series) if each.day == day), None)
    if night is None:
        raise NotFound(N_("The series has no night on that day."))
    return night


def _to_come(series_id: int) -> Sequence[Evening]:
    query = finding.evenings().where(Evening.series_id == series_id, Evening.starts_at > clock.now())
    return db.session.scalars(query).all()


def _of_evening(evening: Evening, series: Series, bookings: Mapping[str, Booking], counts: Mapping[int, int]) -> Night:
    day = evening.original_on or clock.wall(evening.starts_at).date()
    state = NightState.PLANNED
    if evening.is_cancelled:
        state = NightState.SKIPPED if day in series.exceptions else NightState.CANCELLED
    return Night(
        day=day,
        starts_at=evening.starts_at,
        ends_at=evening.ends_at,
        state=state,
        evening=evening,
        booking=None if evening.is_cancelled else bookings.get(evening.purpose),
        sign_ups=counts.get(evening.id, 0),
    )


def _of_day(day: date, series: Series, sight: Sight) -> Night:
    starts_at, ends_at = series.interval_on(day)
    if day in series.exceptions:
        return Night(day=day, starts_at=starts_at, ends_at=ends_at, state=NightState.SKIPPED)
    comes_on = clock.today() + sight.wait_for(day, ends_at)
    return Night(day=day, starts_at=starts_at, ends_at=ends_at, state=NightState.TO_COME, comes_on=comes_on)


def _sign_ups(evening_ids: Sequence[int]) -> Mapping[int, int]:
    counted = select(SignUp.evening_id, func.count()).where(SignUp.evening_id.in_(evening_ids))
    return {evening_id: count for evening_id, count in db.session.execute(counted.group_by(SignUp.evening_id))}
