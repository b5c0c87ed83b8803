"""The blueprints: the shelf, and the games of an evening."""

from __future__ import annotations

from flask import Blueprint

from portal.web import navigation

bp = Blueprint("games", __name__, url_prefix="/spel")
bp_evening = Blueprint("games_evening", __name__, url_prefix="/kveldar/<int:evening_id>/spel")

navigation.put_below("events", "games")
navigation.put_below("events", "games_evening")
