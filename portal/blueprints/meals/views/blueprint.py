"""The blueprint."""

from __future__ import annotations

from flask import Blueprint

from portal.web import navigation

bp = Blueprint("meals", __name__, url_prefix="/mat")

navigation.put_below("events", "meals")
