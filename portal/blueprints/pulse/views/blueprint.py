"""The blueprint."""

from __future__ import annotations

from flask import Blueprint

from portal.web import navigation

bp = Blueprint("pulse", __name__, url_prefix="/pusterom/puls")

navigation.put_below("checkins", "pulse")
