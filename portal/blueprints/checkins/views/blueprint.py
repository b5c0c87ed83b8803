"""The blueprint of the breathing space and its place in the menu."""

from __future__ import annotations

from flask import Blueprint

from portal.blueprints.people import queries as people
from portal.core.i18n import N_
from portal.core.settings import current_settings
from portal.web import navigation
from portal.web.auth import viewer

bp = Blueprint("checkins", __name__, url_prefix="/pusterom")
navigation.register("checkins.index", N_("Breathing space"), icon="leaf", order=40)


def colleagues() -> dict[int, str]:
    """Give everybody that the reader can choose, by id."""
    return dict(people.others(viewer()))


def shared_days() -> int:
    """Give how many days a colleague can read what was shared with them."""
    return current_settings().shared_days
