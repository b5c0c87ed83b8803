"""Mails as rows: written down before they are sent, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select

from portal.blueprints.notifications import rules
from portal.blueprints.notifications.models import Mail, MailLine, MailState, Notice
from portal.blueprints.notifications.queries import mails
from portal.blueprints.notifications.service import rows
from portal.core import audit, clock, jobs
from portal.core.db import db
from portal.core.errors import NotAllowed
from portal.core.i18n import N_
from portal.core.settings import current_settings
from portal.core.viewer import Viewer


def host() -> str:
    """Give the name under which our mails are known."""
    return current_settings().hosts[0]


def queue(mail: Mapping[str, Any], *, key: str) -> None:
    """Write a mail down, once a key, and have it carried at once."""
    row = rows.insert(Mail).values(**mail, key=key, message_id=rules.message_id(key, host=host()))
    mail_id = db.session.scalar(row.on_conflict_do_nothing().returning(Mail.id))
    if mail_id is not None:
        _enqueue(mail_id)


def _enqueue(mail_id: int) -> None:
    jobs.enqueue("notifications.deliver", key=f"mail-{mail_id}", mail_id=mail_id)


def write(person_id: int, *, kind: str, page: str | None) -> Mail:
    """Write a mail of notices down; every try to send it finds it again, and so it keeps its Message-ID."""
    key = f"{kind}-{person_id}-{page or ''}-{clock.now():%Y%m%d%H%M%S%f}"
    mail = Mail(
        person_id=person_id,
        kind=kind,
        page=page,
        params={},
        key=key,
        message_id=rules.message_id(key, host=host()),
        state=MailState.WAITING,
    )
    db.session.add(mail)
    db.session.flush()
    return mail


def note_sent(mail_id: int, *, told: Mapping[int, int]) -> None:
    """Remember that a mail was taken, and what it told of; what came while it was on its way is still to be told."""
    mail = mails.find_mail(mail_id)
    if mail is None:
        return
    mail.note_sent(clock.now())
    # Held against being deleted before the lines stand; whoever tells of something new need not wait for this.
    there = select(Notice.id).where(Notice.id.in_(told)).order_by(Notice.id).with_for_update(read=True, key_share=True)
    for notice_id in db.session.scalars(there).all():
        db.session.merge(MailLine(mail_id=mail_id, notice_id=notice_id, count=told[notice_id]))
    db.session.flush()


def note_refused(mail_id: int, *, code: int) -> None:
    """Remember that a mail will never be taken; administrators see it."""
    mail = mails.find_mail(mail_id)
    if mail:
        mail.note_refused(code)


def try_again(viewer: Viewer, mail_id: int) -> None:
    """Send a refused mail once more, under the same Message-ID."""
    if not viewer.may("jobs.manage"):
        raise NotAllowed(N_("This is not open to you."))
    mail = mails.get_mail(mail_id)
    if mail.state != MailState.FAILED:
        return
    mail.wait_again()
    audit.note(viewer.id, "notifications.try_again", mail_id=mail.id)
    person_id = mail.person_id
    if mail.page:
        jobs.enqueue("notifications.post", key=f"post-{person_id}-{mail.page}", person_id=person_id, page=mail.page)
    elif mail.is_bundle:
        jobs.enqueue("notifications.bundle", key=f"bundle-{person_id}", person_id=person_id)
    else:
        _enqueue(mail.id)


def drop_page(page: str) -> None:
    """Let the mails be that wait to tell of a page."""
    _drop(Mail.page == page)


def drop_keyed(beginning: str) -> list[str]:
    """Let the mails be that wait and whose key begins so; give their kinds."""
    waiting = select(Mail).where(Mail.state.in_([MailState.WAITING, MailState.FAILED]))
    found = db.session.scalars(waiting.where(Mail.key.startswith(beginning, autoescape=True)).order_by(Mail.id)).all()
    for mail in found:
        mail.drop()
    return [mail.kind for mail in found]


def drop_all(person_id: int) -> None:
    """Let the mails be that wait for somebody who has left."""
    _drop(Mail.person_id == person_id)


def _drop(which: ColumnElement[bool]) -> None:
    for mail in db.session.scalars(select(Mail).where(Mail.state.in_([MailState.WAITING, MailState.FAILED]), which)):
        mail.drop()
