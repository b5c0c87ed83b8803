"""Series: made, reworded, ended, and their next evenings kept in being."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portal.blueprints.events.facts import EveningReworded
from portal.blueprints.events.models.evenings import Evening, Series
from portal.blueprints.events.queries import finding, nights
from portal.blueprints.events.rules import recurrence
from portal.blueprints.events.service import evenings, line, wishes
from portal.blueprints.events.service.wishes import EveningWish, SeriesWish, Size, Words
from portal.blueprints.rooms import queries as rooms
from portal.core import audit, clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

PREVIEWED = 6
FARTHEST_SIGHT = timedelta(days=2 * 366)


def preview(wish: SeriesWish) -> list[tuple[datetime, datetime]]:
    """Give the next evenings that a series would have, without making anything."""
    _check(wish)
    days = recurrence.coming(wish.rule(), max(wish.starts_on, clock.today()), PREVIEWED)
    return [recurrence.interval_of(day, wish.starts, wish.minutes, clock.OSLO) for day in days]


def make(viewer: Viewer, wish: SeriesWish) -> Series:
    """Make a series and its next evenings."""
    wishes.check_organiser(viewer)
    words = wishes.checked(wish.words)
    _check(wish)
    rule = wish.rule()
    if not recurrence.coming(rule, clock.today(), 1):
        raise Invalid(N_("No evening would be left: the last day comes before the first evening."), field="until")
    series = Series(
        kind=wish.kind,
        title=words.title,
        text=words.details,
        place=words.place,
        frequency=rule.frequency,
        weekday=rule.weekday,
        nth=rule.nth,
        interval=rule.interval,
        starts_on=rule.starts_on,
        until=rule.until,
        count=rule.count,
        exceptions=rule.exceptions,
        starts=wish.starts,
        minutes=wish.minutes,
        timezone=clock.OSLO.key,
        capacity=wish.capacity,
        needs_room=wish.needs_room,
        seats=wish.seats,
        room_id=wish.room_id,
        minimum=wish.minimum,
        decide_hours=wish.decide_hours if wish.minimum else None,
        organiser_id=viewer.id,
    )
    db.session.add(series)
    db.session.flush()
    audit.note(viewer.id, "events.make_series", series_id=series.id)
    make_next(series.id)
    return series


def make_next(series_id: int) -> None:
    """Make the evenings of a series that are to be seen and do not exist yet. Calling again makes none twice.

    They are seen to the end of the day that is so many weeks ahead, and never past the window of the room.
    """
    series = finding.lock_series(series_id)
    made = finding.made_days(series.id)
    moment, sight = clock.now(), nights.sight_of(series)
    for day in recurrence.between(series.rule, clock.today(), sight.last_on):
        starts_at, ends_at = series.interval_on(day)
        if day not in made and moment < starts_at and sight.reaches(ends_at):
            evenings.settle(_evening(series, day, starts_at, ends_at))


def make_all_next() -> None:
    """Make the next evenings of every series."""
    for series in finding.series_now(clock.today()):
        make_next(series.id)


def reword(viewer: Viewer, series_id: int, words: Words) -> Series:
    """Write a series anew; the evenings that have words of their own keep them."""
    wishes.check_organiser(viewer)
    words = wishes.checked(words)
    series = finding.lock_series(series_id)
    if (series.title, series.text, series.place) == (words.title, words.details, words.place):
        return series
    before = {evening.id: evenings.words_of(evening) for evening in _coming(series)}
    series.title, series.text, series.place = words.title, words.details, words.place
    db.session.flush()
    for evening in _coming(series):
        if evenings.words_of(evening) != before[evening.id]:
            evening.changes()
            record(EveningReworded(evening_id=evening.id))
            line.publish(evening)
    audit.note(viewer.id, "events.reword_series", series_id=series.id)
    return series


def resize(viewer: Viewer, series_id: int, size: Size) -> Series:
    """Choose anew how many can come and how many must; nights that were given numbers of their own keep them.

    A night that is so near that the new moment for settling it has passed stays as it is.
    """
    wishes.check_organiser(viewer)
    wishes.check_seats(capacity=size.capacity, seats=None)
    wishes.check_minimum(size.minimum, size.decide_hours, capacity=size.capacity)
    series = finding.lock_series(series_id)
    following = [evening for evening in _coming(series) if _follows(evening, series)]
    series.capacity, series.minimum = size.capacity, size.minimum
    series.decide_hours = size.decide_hours if size.minimum else None
    db.session.flush()
    for evening in following:
        if not size.minimum or _decides_at(series, evening.starts_at):
            evenings.change(viewer, evening.id, _same_with(evening, size))
    audit.note(viewer.id, "events.resize_series", series_id=series.id)
    return series


def end(viewer: Viewer, series_id: int, *, last_on: date) -> Series:
    """Let a series end on a day; the evenings after it are called off."""
    wishes.check_organiser(viewer)
    series = finding.lock_series(series_id)
    series.end_on(last_on)
    db.session.flush()
    for evening in finding.planned_of_series(series.id, after=clock.now(), from_day=last_on + timedelta(days=1)):
        evenings.withdraw(viewer, evening.id)
    audit.note(viewer.id, "events.end_series", series_id=series.id)
    return series


def skip(viewer: Viewer, series_id: int, day: date) -> Series:
    """Leave one night out. Where nobody has signed up it goes quietly; else it is called off. Twice is harmless."""
    wishes.check_organiser(viewer)
    series = finding.lock_series(series_id)
    evening = finding.find_night(series_id, day)
    if evening is None:
        _check_night(series, day)
    elif evening.has_begun(clock.now()):
        raise Conflict(N_("It has begun already."))
    else:
        evenings.withdraw(viewer, evening.id)
    if day not in series.exceptions:
        series.exceptions = series.exceptions | {day}
        audit.note(viewer.id, "events.skip", series_id=series.id)
    return series


def restore(viewer: Viewer, series_id: int, day: date) -> Series:
    """Hold a night after all that was left out or called off. Twice is harmless."""
    wishes.check_organiser(viewer)
    series = finding.lock_series(series_id)
    evening = finding.find_night(series_id, day)
    if series.until and day > series.until:
        raise Conflict(N_("The series ends before that day."))
    if evening is None:
        _check_night(series, day)
    if day in series.exceptions:
        series.exceptions = series.exceptions - {day}
        audit.note(viewer.id, "events.restore_night", series_id=series.id)
        db.session.flush()
    if evening is None:
        make_next(series.id)
    else:
        evenings.restore(viewer, evening.id)
    return series


def _check_night(series: Series, day: date) -> None:
    if day < clock.today():
        raise Conflict(N_("That day is over."))
    if day > clock.today() + FARTHEST_SIGHT or not recurrence.between(series.rule.whole, day, day):
        raise NotFound(N_("The series has no night on that day."))


def _check(wish: SeriesWish) -> None:
    wishes.check_seats(capacity=wish.capacity, seats=wish.seats)
    wishes.check_minimum(wish.minimum, wish.decide_hours, capacity=wish.capacity)
    wishes.check_start(wish.starts)
    wishes.check_length(timedelta(minutes=wish.minutes))
    if wish.room_id is not None:
        rooms.get_room(wish.room_id)


def _coming(series: Series) -> list[Evening]:
    return list(finding.planned_of_series(series.id, after=clock.now()))


def _follows(evening: Evening, series: Series) -> bool:
    """Tell whether a night has the numbers of its series; one made too late to hang on a minimum has none."""
    hangs_as_all = (evening.minimum, evening.decides_at) == (series.minimum, _settled_at(series, evening.starts_at))
    return evening.capacity == series.capacity and (hangs_as_all or evening.minimum is None)


def _same_with(evening: Evening, size: Size) -> EveningWish:
    return EveningWish(
        words=evenings.words_of(evening),
        kind=evening.kind,
        starts_at=evening.starts_at,
        ends_at=evening.ends_at,
        capacity=size.capacity,
        needs_room=evening.needs_room,
        seats=evening.seats,
        minimum=size.minimum,
        decide_hours=size.decide_hours,
    )


def _evening(series: Series, day: date, starts_at: datetime, ends_at: datetime) -> Evening:
    decides_at = _decides_at(series, starts_at)
    return Evening(
        series_id=series.id,
        series=series,
        original_on=day,
        kind=series.kind,
        starts_at=starts_at,
        ends_at=ends_at,
        capacity=series.capacity,
        needs_room=series.needs_room,
        seats=series.seats,
        minimum=series.minimum if decides_at else None,
        decides_at=decides_at,
        organiser_id=series.organiser_id,
    )


def _decides_at(series: Series, starts_at: datetime) -> datetime | None:
    """Tell when it is settled whether a night will be; one that is made later than that will be in any case."""
    decides_at = _settled_at(series, starts_at)
    return decides_at if decides_at and decides_at > clock.now() else None


def _settled_at(series: Series, starts_at: datetime) -> datetime | None:
    if series.minimum is None or series.decide_hours is None:
        return None
    return starts_at - timedelta(hours=series.decide_hours)
