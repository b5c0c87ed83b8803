"""The blueprint of talks: below the breathing space."""

from __future__ import annotations

from flask import Blueprint

from portal.blueprints.people import queries as people
from portal.web import navigation
from portal.web.auth import viewer

bp = Blueprint("talks", __name__, url_prefix="/pusterom")
navigation.put_below("checkins", "talks")


def colleagues() -> dict[int, str]:
    """Give everybody that the reader can choose, by id."""
    return dict(people.others(viewer()))
