"""The blueprint that the pages about rooms hang on."""

from __future__ import annotations

from flask import Blueprint

from portal.web import navigation

bp = Blueprint("rooms", __name__, url_prefix="/rom")

navigation.put_below("events", "rooms")
