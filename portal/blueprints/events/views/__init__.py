"""The pages of Saman, and the calendar feed."""

from portal.blueprints.events.views import (
    answers,
    calendar,
    evenings,
    follows,
    groups,
    nights,
    organising,
    overview,
    proposals,
    series,
)
from portal.blueprints.events.views.blueprint import bp, bp_feed

__all__ = [
    "answers",
    "bp",
    "bp_feed",
    "calendar",
    "evenings",
    "follows",
    "groups",
    "nights",
    "organising",
    "overview",
    "proposals",
    "series",
]
