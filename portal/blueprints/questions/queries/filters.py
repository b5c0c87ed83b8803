"""Reading the searches that a person keeps; nobody reads another's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.blueprints.questions.models.finding import SavedFilter
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def filters(viewer: Viewer) -> Sequence[SavedFilter]:
    """Give the viewer's own, by name."""
    return filters_of(viewer.id)


def filters_of(person_id: int) -> Sequence[SavedFilter]:
    """Give a person's own, by name. For the person, and for the export of their data."""
    own = select(SavedFilter).where(SavedFilter.person_id == person_id)
    return db.session.scalars(own.order_by(SavedFilter.name, SavedFilter.id)).all()


def get_filter(viewer: Viewer, filter_id: int) -> SavedFilter:
    """Give one of the viewer's own."""
    kept = db.session.get(SavedFilter, filter_id)
    if kept is None or kept.person_id != viewer.id:
        raise NotFound(N_("We cannot find that filter."))
    return kept
