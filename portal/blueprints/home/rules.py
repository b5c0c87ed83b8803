"""What time of day the front page greets for."""

from __future__ import annotations

from enum import StrEnum


class PartOfDay(StrEnum):
    """A part of the day, as one greets."""

    NIGHT = "night"
    MORNING = "morning"
    DAY = "day"
    EVENING = "evening"


BEGINS = ((23, PartOfDay.NIGHT), (17, PartOfDay.EVENING), (10, PartOfDay.DAY), (5, PartOfDay.MORNING))


def part_of_day(hour: int) -> PartOfDay:
    """Tell which part of the day an hour on the wall belongs to, 0 to 23."""
    return next((part for begins, part in BEGINS if hour >= begins), PartOfDay.NIGHT)
