"""The blueprint that the pages about rooms hang on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("rooms", __name__, url_prefix="/rom")
