"""Whether so many come that an evening will be."""

from __future__ import annotations

from collections.abc import Iterable

from portal.blueprints.events.rules.seats import Place, Standing

USUAL_HOURS = 24  # before it begins
MOST_HOURS = 14 * 24


def coming(places: Iterable[Place]) -> int:
    """Count those who have a seat, guests too. A seat that is only offered may still be declined."""
    return sum(place.size for place in places if place.standing is Standing.IN)


def is_enough(places: Iterable[Place], minimum: int) -> bool:
    """Tell whether as many come as it takes."""
    return coming(places) >= minimum
