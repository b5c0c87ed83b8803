"""The blueprint."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("meals", __name__, url_prefix="/mat")
