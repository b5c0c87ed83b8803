"""Reading the wall of joys."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.blueprints.checkins.models.joys import Joy
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.paging import Page, keyset
from portal.core.viewer import Viewer

PAGE = 20


def joys(viewer: Viewer, *, cursor: str | None = None) -> Page[Joy]:
    """Give a page of the wall, newest first. What is hidden is seen by the one who posted it only."""
    return keyset(_wall(viewer), Joy.created_at, Joy.id, cursor=cursor, size=PAGE)


def latest_joys(viewer: Viewer, limit: int = 3) -> Sequence[Joy]:
    """Give the newest joys, for the front page."""
    newest = _wall(viewer).where(Joy.is_hidden.is_(False)).order_by(Joy.created_at.desc(), Joy.id.desc())
    return db.session.scalars(newest.limit(limit)).all()


def get_joy(viewer: Viewer, joy_id: int) -> Joy:
    """Give a joy that the viewer may see."""
    joy = db.session.get(Joy, joy_id)
    if joy is None or (joy.is_hidden and viewer.id != joy.author_id and not viewer.may("checkins.moderate")):
        raise NotFound(N_("We cannot find that joy."))
    return joy


def _wall(viewer: Viewer) -> Select[Joy]:
    query = select(Joy).options(joinedload(Joy.author), joinedload(Joy.to))
    if viewer.may("checkins.moderate"):
        return query
    return query.where(Joy.is_hidden.is_(False) | (Joy.author_id == viewer.id))
