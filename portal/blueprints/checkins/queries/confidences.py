"""Reading check-ins, always for one of the two who may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.checkins.rules.faces import Said
from portal.blueprints.people.models import Person
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.paging import Page, keyset
from portal.core.sealing import Unreadable
from portal.core.viewer import Viewer

PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A check-in as one of the two sees it; nothing was said (None) when the key that sealed it is not here."""

    id: str
    author: Person = field(repr=False)
    reader: Person | None = field(repr=False)
    created_at: datetime
    shared_until: datetime | None
    said: Said | None
    is_mine: bool


def mine(viewer: Viewer, *, cursor: str | None = None) -> Page[Opened]:
    """Give the viewer's own check-ins, newest first."""
    return _page(viewer, _live().where(CheckIn.author_id == viewer.id), cursor)


def shared_with(viewer: Viewer, *, cursor: str | None = None) -> Page[Opened]:
    """Give what others let the viewer read, newest first."""
    return _page(viewer, _live().where(CheckIn.reader_id == viewer.id), cursor)


def opened(viewer: Viewer, checkin_id: str) -> Opened:
    """Give one check-in to its author or to the one chosen."""
    return _open(viewer, get_checkin(viewer, checkin_id))


def is_there(viewer: Viewer, checkin_id: str) -> bool:
    """Tell whether the viewer still has it here: it may have gone into their diary, or onto the wall."""
    own = _live().where(CheckIn.id == checkin_id, CheckIn.author_id == viewer.id)
    return db.session.scalar(own) is not None


def get_checkin(viewer: Viewer, checkin_id: str, *, for_update: bool = False) -> CheckIn:
    """Give the row of a check-in that the viewer may read, locked to be changed; for others it does not exist."""
    query = _live().where(CheckIn.id == checkin_id)
    if for_update:  # as it is now, not as this request read it before: its words open for the reader of now only
        query = query.with_for_update(of=CheckIn).execution_options(populate_existing=True)
    checkin = db.session.scalar(query)
    if checkin is None or not checkin.is_open_to(viewer.id):
        raise NotFound(N_("We cannot find that check-in."))
    return checkin


def of_author(person_id: int) -> Sequence[CheckIn]:
    """Give every check-in of a person, for the person's own export and erasure."""
    own = _live().where(CheckIn.author_id == person_id)
    return db.session.scalars(own.order_by(CheckIn.created_at, CheckIn.id)).all()


def shared_to(person_id: int) -> Sequence[CheckIn]:
    """Give the rows that a person was chosen to read, when that is to end; they are not opened for showing."""
    return db.session.scalars(select(CheckIn).where(CheckIn.reader_id == person_id)).all()


def run_out(moment: datetime) -> Sequence[CheckIn]:
    """Give what was shared for a time that has passed. For the sweep."""
    return db.session.scalars(select(CheckIn).where(CheckIn.shared_until <= moment)).all()


def _live() -> Select[CheckIn]:
    # What has run out is gone at once for both, also while it waits for the sweep.
    lasts: ColumnElement[bool] = CheckIn.shared_until.is_(None) | (CheckIn.shared_until > clock.now())
    return select(CheckIn).where(lasts).options(joinedload(CheckIn.author), joinedload(CheckIn.reader))


def _page(viewer: Viewer, query: Select[CheckIn], cursor: str | None) -> Page[Opened]:
    page = keyset(query, CheckIn.created_at, CheckIn.id, cursor=cursor, size=PAGE)
    return Page(items=[_open(viewer, checkin) for checkin in page.items], next_cursor=page.next_cursor)


def _open(viewer: Viewer, checkin: CheckIn) -> Opened:
    return Opened(
        id=checkin.id,
        author=checkin.author,
        reader=checkin.reader,
        created_at=checkin.created_at,
        shared_until=checkin.shared_until,
        said=_said(viewer, checkin),
        is_mine=checkin.author_id == viewer.id,
    )


def _said(viewer: Viewer, checkin: CheckIn) -> Said | None:
    try:
        return checkin.opened_by(viewer.id)
    except Unreadable:  # one lost key must not take the whole list away
        return None
