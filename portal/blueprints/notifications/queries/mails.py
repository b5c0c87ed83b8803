"""Reading what is still to be mailed, and what became of mails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import joinedload

from portal.blueprints.notifications.models import Mail, MailLine, MailState, Notice
from portal.blueprints.notifications.ports import Way
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_


def due(limit: int) -> Sequence[Row[int, int, str, Way]]:
    """Give the notices whose time to be mailed has come, and hold them. For the worker, not for a viewer.

    What somebody else holds at this moment is left out: waiting for it could be a deadlock, and who tells looks again.
    """
    wanted = select(Notice.id, Notice.person_id, Notice.page, Notice.way).where(Notice.mail_at <= clock.now())
    held = wanted.order_by(Notice.mail_at, Notice.id).limit(limit).with_for_update(key_share=True, skip_locked=True)
    return db.session.execute(held).all()


def pending(person_id: int, *, way: Way | None = None, page: str | None = None) -> Sequence[Notice]:
    """Give what a person has not read and no mail has told of yet, the oldest first. For the worker."""
    mine = select(Notice).options(joinedload(Notice.actor)).where(Notice.person_id == person_id, *_untold())
    if way:
        mine = mine.where(Notice.way == way)
    if page is not None:
        mine = mine.where(Notice.page == page)
    return db.session.scalars(mine.order_by(Notice.told_at, Notice.id)).all()


def _untold() -> tuple[ColumnElement[bool], ...]:
    told = select(func.max(MailLine.count)).where(MailLine.notice_id == Notice.id).scalar_subquery()
    return Notice.read_at.is_(None), Notice.way != Way.NONE, Notice.count > func.coalesce(told, 0)


def last_mailed(notice_ids: Iterable[int]) -> Mapping[int, datetime]:
    """Give when a mail last told of each of these notices."""
    told = select(MailLine.notice_id, func.max(Mail.sent_at)).join(Mail, Mail.id == MailLine.mail_id)
    rows = db.session.execute(told.where(MailLine.notice_id.in_(list(notice_ids))).group_by(MailLine.notice_id))
    return {notice_id: moment for notice_id, moment in rows if moment is not None}


def find_waiting(person_id: int, *, kind: str, page: str | None) -> Mail | None:
    """Give the mail that was written for this before, and has not been taken yet."""
    waiting = select(Mail).where(Mail.person_id == person_id, Mail.state == MailState.WAITING, Mail.kind == kind)
    return db.session.scalar(waiting.where(Mail.page == page).order_by(Mail.id).limit(1))


def find_mail(mail_id: int) -> Mail | None:
    """Give a mail with its receiver; it may have been erased while a job was on its way."""
    return db.session.get(Mail, mail_id, options=[joinedload(Mail.person)])


def get_mail(mail_id: int) -> Mail:
    """Give a mail that must be there."""
    mail = find_mail(mail_id)
    if mail is None:
        raise NotFound(N_("That mail is not here any more."))
    return mail


def troubled_mails(limit: int = 100) -> Sequence[Mail]:
    """Give the mails that were refused, newest first. For administrators."""
    refused = select(Mail).options(joinedload(Mail.person)).where(Mail.state == MailState.FAILED)
    return db.session.scalars(refused.order_by(Mail.created_at.desc(), Mail.id.desc()).limit(limit)).all()


def waiting_count() -> int:
    """Count the mails that are still to be sent. For administrators."""
    return db.session.scalar(select(func.count()).where(Mail.state == MailState.WAITING)) or 0
