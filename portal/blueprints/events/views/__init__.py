"""The pages of Saman, and the calendar feed."""

from portal.blueprints.events.views import calendar, evenings, nights, organising, overview, proposals, series
from portal.blueprints.events.views.blueprint import bp, bp_feed

__all__ = ["bp", "bp_feed", "calendar", "evenings", "nights", "organising", "overview", "proposals", "series"]
