"""Reading the inbox, the mails and the choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.blueprints.notifications import ports, rules
from portal.blueprints.notifications.models import Mail, MailState, Notice, Preference, QuietHours
from portal.blueprints.notifications.ports import Delivery, Draft, Group
from portal.blueprints.people.models import Person
from portal.core import i18n, links
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.paging import Page, keyset
from portal.core.viewer import Viewer

PAGE_SIZE = 30
MOST_IN_A_BUNDLE = 50


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
    mine = select(func.count()).where(Notice.person_id == viewer.id, Notice.read_at.is_(None))
    return db.session.scalar(mine) or 0


def notices(viewer: Viewer, *, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Line]:
    """Give a page of the viewer's inbox, newest first."""
    mine = select(Notice).options(joinedload(Notice.actor)).where(Notice.person_id == viewer.id)
    page = keyset(mine, Notice.told_at, Notice.id, cursor=cursor, size=size)
    return Page(items=[line(notice, viewer.locale) for notice in page.items], next_cursor=page.next_cursor)


def get_notice(viewer: Viewer, notice_id: int) -> Notice:
    """Give one notice of the viewer's own; another person's is as good as not there."""
    mine = select(Notice).where(Notice.id == notice_id, Notice.person_id == viewer.id)
    notice = db.session.scalar(mine)
    if notice is None:
        raise NotFound(N_("That notice is not here any more."))
    return notice


def line(notice: Notice, locale: str) -> Line:
    """Put a notice into words, in the language of whoever reads them."""
    kind = ports.known.find(notice.kind)
    return Line(
        id=notice.id,
        words=_words(notice, kind, locale) if kind else i18n.text(N_("There is something new"), locale),
        icon=kind.icon if kind else "bell",
        actor=notice.actor,
        told_at=notice.told_at,
        is_unread=notice.is_unread,
        path=links.path(notice.endpoint, notice.values),
        address=links.absolute(notice.endpoint, notice.values),
    )


def _words(notice: Notice, kind: ports.Kind, locale: str) -> str:
    return i18n.text(kind.words(notice.count), locale, **params(notice, locale))


def params(notice: Notice, locale: str) -> dict[str, Any]:
    """Give what the words of a notice need, with days and moments written as the reader does."""
    who = notice.actor.name if notice.actor else i18n.text(N_("A colleague"), locale)
    shown = {name: _shown(value, locale) for name, value in notice.params.items()}
    return {"who": who, **shown, "count": notice.count}


def _shown(value: Any, locale: str) -> Any:
    match value:
        case {"at": moment}:
            return i18n.format_moment(datetime.fromisoformat(moment), locale)
        case {"on": day}:
            return i18n.format_day(date.fromisoformat(day), locale)
    return value


def deliveries(person_ids: Iterable[int], group: Group) -> Mapping[int, Delivery]:
    """Give how these persons want a group; who has not chosen is not among them."""
    chosen = select(Preference.person_id, Preference.delivery)
    rows = db.session.execute(chosen.where(Preference.person_id.in_(list(person_ids)), Preference.group == group.name))
    return {person_id: Delivery(delivery) for person_id, delivery in rows}


def quiet_hours(person_ids: Iterable[int]) -> Mapping[int, rules.Quiet]:
    """Give the quiet hours of those persons who have any."""
    rows = db.session.scalars(select(QuietHours).where(QuietHours.person_id.in_(list(person_ids))))
    return {row.person_id: row.quiet for row in rows}


def choices(viewer: Viewer) -> Sequence[tuple[Group, Delivery]]:
    """Give every group of notices with what the viewer chose, or what holds for those who have not chosen."""
    rows = db.session.scalars(select(Preference).where(Preference.person_id == viewer.id))
    chosen = {row.group: Delivery(row.delivery) for row in rows}
    return [(group, chosen.get(group.name, group.delivery)) for group in ports.known.groups()]


def find_quiet_hours(viewer: Viewer) -> rules.Quiet | None:
    """Give the viewer's quiet hours, if there are any."""
    return quiet_hours([viewer.id]).get(viewer.id)


def latest_mails(notice_ids: Iterable[int]) -> Mapping[int, Mail]:
    """Give the newest mail about each of these notices."""
    newest = select(func.max(Mail.id)).where(Mail.notice_id.in_(list(notice_ids))).group_by(Mail.notice_id)
    rows = db.session.scalars(select(Mail).where(Mail.id.in_(newest)))
    return {mail.notice_id: mail for mail in rows if mail.notice_id is not None}


def find_mail(mail_id: int) -> Mail | None:
    """Give a mail with its receiver; it may have been erased while a job was on its way."""
    return db.session.get(Mail, mail_id, options=[joinedload(Mail.person), joinedload(Mail.notice)])


def get_mail(mail_id: int) -> Mail:
    """Give a mail that must be there."""
    mail = find_mail(mail_id)
    if mail is None:
        raise NotFound(N_("That mail is not here any more."))
    return mail


def bundled() -> Mapping[int, Sequence[int]]:
    """Give the ids of the notices that wait for the daily mail, by person. For the schedule, not for a viewer."""
    waiting = select(Notice.person_id, Notice.id).where(Notice.is_bundled, Notice.read_at.is_(None))
    found: dict[int, list[int]] = {}
    for person_id, notice_id in db.session.execute(waiting.order_by(Notice.told_at, Notice.id)):
        found.setdefault(person_id, []).append(notice_id)
    return found


def unread_lines(mail: Mail) -> Sequence[Line]:
    """Give what of a bundle its receiver has not read in the meantime."""
    ids = mail.params["notices"][-MOST_IN_A_BUNDLE:]
    own = select(Notice).where(Notice.id.in_(ids), Notice.person_id == mail.person_id, Notice.read_at.is_(None))
    rows = db.session.scalars(own.options(joinedload(Notice.actor)).order_by(Notice.told_at, Notice.id))
    return [line(notice, mail.person.locale) for notice in rows]


def draft(mail: Mail, *, kind: str, params: Mapping[str, Any], count: int = 1) -> Draft:
    """Give what a mail says, before it is put into words. For the worker, not for a viewer."""
    return Draft(
        message_id=mail.message_id,
        templates=(f"mail/{kind}.txt", "mail/notice.txt") if mail.notice_id else (f"mail/{kind}.txt",),
        name=mail.person.name,
        address=mail.person.email,
        locale=mail.person.locale,
        params=params,
        count=count,
        calendar=mail.calendar,
        calendar_method=mail.calendar_method,
    )


def troubled_mails(limit: int = 100) -> Sequence[Mail]:
    """Give the mails that were refused, newest first. For administrators."""
    refused = select(Mail).options(joinedload(Mail.person)).where(Mail.state == MailState.FAILED)
    return db.session.scalars(refused.order_by(Mail.created_at.desc(), Mail.id.desc()).limit(limit)).all()


def waiting_count() -> int:
    """Count the mails that are still to be sent. For administrators."""
    return db.session.scalar(select(func.count()).where(Mail.state == MailState.WAITING)) or 0


def export_inbox(person_id: int) -> list[dict[str, Any]]:
    """Give a person's own notices, for the export of their data."""
    rows = db.session.scalars(select(Notice).where(Notice.person_id == person_id).order_by(Notice.id))
    return [
        {"kind": row.kind, "params": row.params, "told_at": row.told_at, "read_at": row.read_at, "count": row.count}
        for row in rows
    ]


def export_mails(person_id: int) -> list[dict[str, Any]]:
    """Give the mails to a person, for the export of their data."""
    rows = db.session.scalars(select(Mail).where(Mail.person_id == person_id).order_by(Mail.id))
    return [
        {"kind": row.kind, "state": row.state, "written_at": row.created_at, "sent_at": row.sent_at} for row in rows
    ]


def export_choices(person_id: int) -> dict[str, Any]:
    """Give what a person chose, for the export of their data."""
    rows = db.session.scalars(select(Preference).where(Preference.person_id == person_id))
    quiet = quiet_hours([person_id]).get(person_id)
    hours = {"from": quiet.starts, "to": quiet.ends, "weekdays": sorted(quiet.weekdays)} if quiet else None
    return {"mail": {row.group: row.delivery for row in rows}, "quiet_hours": hours}
