"""The blueprint."""

from __future__ import annotations

from flask import Blueprint

from portal.web import navigation

bp = Blueprint("cinema", __name__, url_prefix="/kino")

navigation.put_below("events", "cinema")
