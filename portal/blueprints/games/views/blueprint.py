"""The blueprints: the shelf, and the games of an evening."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("games", __name__, url_prefix="/spel")
bp_evening = Blueprint("games_evening", __name__, url_prefix="/kveldar/<int:evening_id>/spel")
