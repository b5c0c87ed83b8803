"""Reading drafts: one's own, and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from portal.blueprints.questions.models.drafts import Draft
from portal.blueprints.questions.rules.drafts import PLACE_LONGEST, Fields
from portal.blueprints.questions.rules.posts import picture_tokens
from portal.core import sealing
from portal.core.db import db
from portal.core.sealing import Unreadable
from portal.core.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A draft, opened for the one who wrote it."""

    place: str
    version: int
    saved_at: datetime
    fields: Fields

    @property
    def text(self) -> str:
        """Give the words alone, to look at."""
        return "\n".join(value for name in ("title", "body") for value in self.fields.get(name, ()) if value)


def find_draft(viewer: Viewer, place: str) -> Kept | None:
    """Find what somebody was writing in a place."""
    row = db.session.scalar(in_place(viewer, place))
    return opened(row) if row else None


def in_place(viewer: Viewer, place: str) -> Select[Draft]:
    """Give the query for the draft of a place: under whichever of the server's keys it was put there."""
    return select(Draft).where(Draft.person_id == viewer.id, Draft.place.in_(marks(viewer, place))).limit(1)


def marks(viewer: Viewer, place: str) -> list[str]:
    """Give what stands for a place in the table, the newest key first: who may read the rows learns no place."""
    return [mark[:PLACE_LONGEST] for mark in sealing.marks(place, context=f"draft:{viewer.id}")]


def drafts(viewer: Viewer) -> Sequence[Kept]:
    """Give everything that somebody was writing, the newest first."""
    rows = db.session.scalars(select(Draft).where(Draft.person_id == viewer.id).order_by(Draft.saved_at.desc()))
    return [kept for kept in map(opened, rows) if kept]


def opened(row: Draft) -> Kept | None:
    """Open a draft; one whose key is gone is as good as none."""
    try:
        written = json.loads(sealing.open_sealed(row.sealed, context=row.context))
    except Unreadable:
        return None
    return Kept(place=written["place"], version=row.version, saved_at=row.saved_at, fields=written["fields"])


def pictures_in_drafts() -> frozenset[str]:
    """Give the pictures that drafts show. For the nightly sweep, which keeps them; never for showing."""
    everything = (opened(row) for row in db.session.scalars(select(Draft)))
    return frozenset(token for kept in everything if kept for token in picture_tokens(json.dumps(kept.fields)))
