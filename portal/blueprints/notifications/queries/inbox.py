"""Reading the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.blueprints.notifications import ports
from portal.blueprints.notifications.models import Notice
from portal.blueprints.notifications.queries import veils
from portal.blueprints.people.models import Person
from portal.core import i18n, links
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.paging import Page, keyset
from portal.core.viewer import Viewer

PAGE_SIZE = 30


@dataclass(frozen=True, kw_only=True)
class Line:
    """One notice as its receiver sees it."""

    id: int
    words: str
    icon: str
    actor: Person | None
    told_at: datetime
    is_unread: bool
    path: str
    address: str


def unread_count(viewer: Viewer) -> int:
    """Count what is new to the viewer."""
    mine = select(Notice.veils, Notice.count, func.count()).where(
        Notice.person_id == viewer.id, Notice.read_at.is_(None)
    )
    rows = db.session.execute(mine.group_by(Notice.veils, Notice.count))
    return sum(number for marks, count, number in rows if count > veils.own_acts(marks, viewer.id))


def notices(viewer: Viewer, *, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Line]:
    """Give a page of the viewer's inbox, newest first."""
    mine = select(Notice).options(joinedload(Notice.actor)).where(Notice.person_id == viewer.id)
    page = keyset(mine, Notice.told_at, Notice.id, cursor=cursor, size=size)
    return Page(items=lines(page.items, viewer.locale), next_cursor=page.next_cursor)


def get_notice(viewer: Viewer, notice_id: int) -> Notice:
    """Give one notice of the viewer's own; another person's is as good as not there."""
    mine = select(Notice).where(Notice.id == notice_id, Notice.person_id == viewer.id)
    notice = db.session.scalar(mine)
    if notice is None:
        raise NotFound(N_("That notice is not here any more."))
    return notice


def lines(found: Sequence[Notice], locale: str) -> list[Line]:
    """Put notices into words, but for those that have only the receiver's own nameless acts to tell of."""
    return [_line(notice, locale, count=count) for notice in found if (count := veils.news(notice)) > 0]


def _line(notice: Notice, locale: str, *, count: int) -> Line:
    kind = ports.known.find(notice.kind)
    return Line(
        id=notice.id,
        words=_words(notice, kind, locale, count=count) if kind else i18n.text(N_("There is something new"), locale),
        icon=kind.icon if kind else "bell",
        actor=notice.actor,
        told_at=notice.told_at,
        is_unread=notice.is_unread,
        path=links.path(notice.endpoint, notice.values),
        address=links.absolute(notice.endpoint, notice.values),
    )


def _words(notice: Notice, kind: ports.Kind, locale: str, *, count: int) -> str:
    who = notice.actor.name if notice.actor else i18n.text(N_("A colleague"), locale)
    shown = {name: _shown(value, locale) for name, value in notice.params.items()}
    return i18n.text(kind.words(count), locale, **{"who": who, **shown, "count": count})


def _shown(value: Any, locale: str) -> Any:
    match value:
        case {"at": moment}:
            return i18n.format_moment(datetime.fromisoformat(moment), locale)
        case {"on": day}:
            return i18n.format_day(date.fromisoformat(day), locale)
    return value
