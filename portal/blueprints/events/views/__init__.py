"""The pages of Saman, and the calendar feed."""

from portal.blueprints.events.views import (
    answers,
    calendar,
    crew,
    evenings,
    follows,
    groups,
    nights,
    organising,
    overview,
    proposals,
    recaps,
    rooming,
    series,
)
from portal.blueprints.events.views.blueprint import bp, bp_feed

__all__ = [
    "answers",
    "bp",
    "bp_feed",
    "calendar",
    "crew",
    "evenings",
    "follows",
    "groups",
    "nights",
    "organising",
    "overview",
    "proposals",
    "recaps",
    "rooming",
    "series",
]
