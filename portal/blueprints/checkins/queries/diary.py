"""Reading a diary, for its owner with the key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, exists, func, select

from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.checkins.models.diary import Diary, DiaryEntry
from portal.blueprints.checkins.rules import diary as rules
from portal.blueprints.checkins.rules.diary import Entry, Week
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.sealing import Unreadable
from portal.core.vault import Key
from portal.core.viewer import Viewer

PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Line:
    """An entry as its owner sees it; nothing was said (None) when it does not open."""

    id: str
    entry: Entry | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """What one page of an opened diary shows, newest first, and the weeks of all of it."""

    lines: Sequence[Line]
    next_id: str | None
    weeks: Sequence[Week]


def has_diary(person_id: int) -> bool:
    """Tell whether somebody has a diary."""
    return bool(db.session.scalar(select(exists().where(Diary.person_id == person_id))))


def find_diary(person_id: int, *, for_update: bool = False) -> Diary | None:
    """Find a person's lock."""
    if not for_update:
        return db.session.get(Diary, person_id)
    return db.session.get(Diary, person_id, with_for_update=True, populate_existing=True)


def get_diary(person_id: int, *, for_update: bool = False) -> Diary:
    """Give a person's lock."""
    diary = find_diary(person_id, for_update=for_update)
    if diary is None:
        raise NotFound(N_("You have no diary yet."))
    return diary


def lines(viewer: Viewer, key: Key) -> Sequence[Line]:
    """Open everything, newest first; what does not open stands last."""
    rows = db.session.scalars(select(DiaryEntry).where(DiaryEntry.person_id == viewer.id).order_by(DiaryEntry.id))
    opened = [Line(id=row.id, entry=_entry(row, key)) for row in rows]
    return sorted(opened, key=lambda line: (line.entry is not None, line.entry and line.entry.moment), reverse=True)


def leaf(viewer: Viewer, key: Key, *, after: str | None = None) -> Leaf:
    """Give a page, the first or the one after an entry."""
    everything = lines(viewer, key)
    start = next((place + 1 for place, line in enumerate(everything) if line.id == after), 0)
    shown = everything[start : start + PAGE]
    has_more = len(everything) > start + PAGE
    entries = [line.entry for line in everything if line.entry]
    weeks = rules.weeks(entries, today=clock.today(), zone=clock.OSLO)
    return Leaf(lines=shown, next_id=shown[-1].id if has_more else None, weeks=weeks)


def get_line(viewer: Viewer, key: Key, entry_id: str) -> Line:
    """Give one entry of one's own."""
    row = get_entry(viewer.id, entry_id)
    return Line(id=row.id, entry=_entry(row, key))


def get_entry(person_id: int, entry_id: str, *, for_update: bool = False) -> DiaryEntry:
    """Give the row of an entry to its owner; for others it does not exist."""
    query = select(DiaryEntry).where(DiaryEntry.id == entry_id, DiaryEntry.person_id == person_id)
    row = db.session.scalar(query.with_for_update() if for_update else query)
    if row is None:
        raise NotFound(N_("We cannot find that entry."))
    return row


def count_waiting(viewer: Viewer) -> int:
    """Count one's own check-ins from before, which the server sealed and which a diary would take in."""
    return db.session.scalar(select(func.count()).select_from(CheckIn).where(*of_oneself(viewer.id))) or 0


def waiting(person_id: int) -> Sequence[CheckIn]:
    """Give the check-ins that a diary takes in; those that another request is taking in just now are left to it."""
    own = select(CheckIn).where(*of_oneself(person_id)).with_for_update(skip_locked=True)
    return db.session.scalars(own).all()


def of_oneself(person_id: int) -> tuple[ColumnElement[bool], ...]:
    """Say which check-ins are for their author alone."""
    return CheckIn.author_id == person_id, CheckIn.reader_id.is_(None)


def _entry(row: DiaryEntry, key: Key) -> Entry | None:
    try:
        return row.opened(key)
    except Unreadable:
        return None
