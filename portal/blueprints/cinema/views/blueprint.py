"""The blueprint."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("cinema", __name__, url_prefix="/kino")
