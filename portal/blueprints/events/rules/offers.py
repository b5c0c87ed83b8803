"""How long a seat that is offered stays with one person, and when seats no longer wait for a large party.

An offer lasts so many waking hours: its clock stands still from ten at night to seven in the morning, so that nobody
loses a seat in their sleep. The nearer the evening, the shorter it lasts: a quarter of the time that is left, at least
a quarter of an hour, and never past the beginning. Where the night would carry it past the beginning, the clock runs
through the night; a seat would otherwise stay with somebody asleep until nobody else could come.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

NIGHT_BEGINS, NIGHT_ENDS = time(22), time(7)
SHORTEST = timedelta(minutes=15)
SHARE = 4
PATIENCE_ENDS = timedelta(hours=2)  # before the evening: so late nobody else would come if seats went on waiting


def ends_at(moment: datetime, starts_at: datetime, *, longest: timedelta, zone: ZoneInfo) -> datetime:
    """Tell until when somebody who is offered a seat at a moment may answer."""
    lasts = max(SHORTEST, min(longest, (starts_at - moment) / SHARE))
    rested = _after_waking(moment, lasts, zone)
    return min(rested if rested < starts_at else moment + lasts, starts_at)


def is_late(moment: datetime, starts_at: datetime) -> bool:
    """Tell whether free seats no longer wait for a party that is larger than they are."""
    return moment >= starts_at - PATIENCE_ENDS


def _after_waking(moment: datetime, lasts: timedelta, zone: ZoneInfo) -> datetime:
    left = lasts
    while True:
        moment = _awake(moment, zone)
        bedtime = _at(moment, NIGHT_BEGINS, zone)
        if left <= bedtime - moment:
            return moment + left
        left -= bedtime - moment
        moment = bedtime


def _awake(moment: datetime, zone: ZoneInfo) -> datetime:
    """Give the moment itself by day, and by night the morning that follows."""
    wall = moment.astimezone(zone)
    if wall.time() >= NIGHT_BEGINS:
        return _at(moment, NIGHT_ENDS, zone, days=1)
    return _at(moment, NIGHT_ENDS, zone) if wall.time() < NIGHT_ENDS else moment


def _at(moment: datetime, hour: time, zone: ZoneInfo, *, days: int = 0) -> datetime:
    day = moment.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, hour, zone).astimezone(UTC)
