"""The blueprints, and the entry in the menu."""

from __future__ import annotations

from flask import Blueprint

from portal.core.i18n import N_
from portal.web import navigation

bp = Blueprint("events", __name__, url_prefix="/kveldar")
bp_feed = Blueprint("events_feed", __name__)  # its addresses live in people's calendars: short, and never changed
navigation.register("events.index", N_("Together"), icon="together", order=30)
