"""Finding series and evenings, and holding one while it changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from portal.blueprints.events.models.evenings import Evening, EveningState, Series
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_


def get_evening(evening_id: int) -> Evening:
    """Give an evening with its series."""
    evening = db.session.scalar(evenings().where(Evening.id == evening_id))
    if evening is None:
        raise NotFound(N_("That evening is not here."))
    return evening


def find_by_purpose(purpose: str) -> Evening | None:
    """Find the evening for which a room is booked under a word such as «evening:12»."""
    slice_, _, number = purpose.partition(":")
    if slice_ != "evening" or not number.isdigit():
        return None
    return db.session.scalar(evenings().where(Evening.id == int(number)))


def lock_evening(evening_id: int) -> Evening:
    """Give an evening as it is now, and keep others from changing it or its sign-ups until the transaction ends.

    On SQLite the whole database is held already: what writes begins with BEGIN IMMEDIATE.
    """
    fresh = select(Evening).where(Evening.id == evening_id).with_for_update(of=Evening)
    evening = db.session.scalar(fresh.execution_options(populate_existing=True))
    if evening is None:
        raise NotFound(N_("That evening is not here."))
    return evening


def evenings() -> Select[Evening]:
    """Give what every look at evenings begins with: their series and organisers come along."""
    return select(Evening).options(joinedload(Evening.series), joinedload(Evening.organiser))


def get_series(series_id: int) -> Series:
    """Give a series."""
    series = db.session.scalar(select(Series).options(joinedload(Series.organiser)).where(Series.id == series_id))
    if series is None:
        raise NotFound(N_("That series is not here."))
    return series


def lock_series(series_id: int) -> Series:
    """Give a series as it is now, and keep others from making its evenings until the transaction ends."""
    fresh = select(Series).where(Series.id == series_id).with_for_update(of=Series)
    series = db.session.scalar(fresh.execution_options(populate_existing=True))
    if series is None:
        raise NotFound(N_("That series is not here."))
    return series


def series_now(today: date) -> Sequence[Series]:
    """Give the series that have not ended."""
    query = select(Series).where(or_(Series.until.is_(None), Series.until >= today))
    return db.session.scalars(query.order_by(Series.title, Series.id)).all()


def made_days(series_id: int) -> set[date]:
    """Give the days of a series that have their evening, also one that was moved or cancelled."""
    days = db.session.scalars(select(Evening.original_on).where(Evening.series_id == series_id))
    return {day for day in days if day is not None}


def find_night(series_id: int, day: date) -> Evening | None:
    """Find the evening that a series has for a day of its rule, wherever it was moved."""
    return db.session.scalar(evenings().where(Evening.series_id == series_id, Evening.original_on == day))


def planned_of_series(series_id: int, *, after: datetime, from_day: date | None = None) -> Sequence[Evening]:
    """Give the evenings of a series that are still to come, from a day of its rule on."""
    query = evenings().where(
        Evening.series_id == series_id, Evening.state == EveningState.PLANNED, Evening.starts_at > after
    )
    if from_day:
        query = query.where(Evening.original_on >= from_day)
    return db.session.scalars(query.order_by(Evening.starts_at)).all()


def planned_between(starts_after: datetime, starts_before: datetime) -> Sequence[Evening]:
    """Give the evenings that will be and begin within an interval."""
    query = evenings().where(
        Evening.state == EveningState.PLANNED, Evening.starts_at >= starts_after, Evening.starts_at < starts_before
    )
    return db.session.scalars(query.order_by(Evening.starts_at)).all()
