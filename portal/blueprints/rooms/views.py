"""Rooms and when they are free: for everybody, from our own copy."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.blueprints.rooms import queries
from portal.core import clock
from portal.web.auth import signed_in
from portal.web.fragments import page_or_fragment

bp = Blueprint("rooms", __name__, url_prefix="/rom")


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Show every room over two weeks, and how old our sight of them is."""
    rows = queries.availability(first_day=clock.today())
    return page_or_fragment(
        "rooms/index.html",
        "rooms/_availability.html",
        rows=rows,
        seen_at=queries.oldest_sight(),
        is_stale=any(row.is_stale for row in rows),
    )
