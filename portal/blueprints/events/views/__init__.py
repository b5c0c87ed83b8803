"""The pages of Saman, and the calendar feed."""

from portal.blueprints.events.views import (
    calendar,
    crew,
    evenings,
    nights,
    organising,
    overview,
    proposals,
    recaps,
    series,
)
from portal.blueprints.events.views.blueprint import bp, bp_feed

__all__ = [
    "bp",
    "bp_feed",
    "calendar",
    "crew",
    "evenings",
    "nights",
    "organising",
    "overview",
    "proposals",
    "recaps",
    "series",
]
