"""Mails from their plan to what became of them: written down first, put into words when they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.blueprints.notifications import ports, queries, rules
from portal.blueprints.notifications.models import Mail, MailState, Notice
from portal.blueprints.notifications.ports import Draft, Group
from portal.blueprints.notifications.service import rows
from portal.core import audit, clock, jobs
from portal.core.db import db
from portal.core.errors import NotAllowed
from portal.core.i18n import N_
from portal.core.settings import current_settings
from portal.core.viewer import Viewer

BUNDLE = "digest"


def plan(notices: Sequence[Notice], group: Group) -> None:
    """Queue the mails that some notices of one group need, unless one waits already."""
    people = [notice.person_id for notice in notices]
    chosen, quiet = queries.deliveries(people, group), queries.quiet_hours(people)
    mailed = queries.latest_mails(notice.id for notice in notices if notice.count > 1)
    for notice in notices:
        last = mailed.get(notice.id)
        if last and last.is_waiting:
            continue  # that mail will be put into words when it leaves, and will tell of this too
        planned = rules.plan(
            delivery=chosen.get(notice.person_id, group.delivery),
            moment=clock.now(),
            zone=clock.OSLO,
            quiet=quiet.get(notice.person_id),
            mailed_at=last.sent_at if last else None,
        )
        notice.is_bundled = planned.is_bundled
        if planned.mail_at:
            _mail_notice(notice, planned.mail_at)


def _mail_notice(notice: Notice, at: datetime) -> None:
    mail = {"person_id": notice.person_id, "notice_id": notice.id, "kind": notice.kind, "params": {}}
    queue(mail, key=f"notice-{notice.id}-{notice.told_at:%Y%m%d%H%M%S}-{notice.count}", at=at)


def queue(mail: Mapping[str, Any], *, key: str, at: datetime) -> None:
    """Write a mail down, once a key, and have it carried at a moment."""
    message_id = rules.message_id(key, host=current_settings().hosts[0])
    row = rows.insert(Mail).values(**mail, key=key, message_id=message_id).on_conflict_do_nothing()
    mail_id = db.session.scalar(row.returning(Mail.id))
    if mail_id is not None:
        _enqueue(mail_id, at)


def _enqueue(mail_id: int, at: datetime) -> None:
    jobs.enqueue("notifications.deliver", at=at, key=f"mail-{mail_id}", mail_id=mail_id)


def prepare(mail_id: int) -> Draft | None:
    """Say what a mail tells now, or None when there is nothing to send. Quiet time that has begun puts it off."""
    mail = queries.find_mail(mail_id)
    if mail is None or not mail.is_waiting:
        return None
    draft = _draft(mail) if mail.person.is_active else None
    if draft is None:
        mail.drop()
    return draft


def _draft(mail: Mail) -> Draft | None:
    if mail.kind == BUNDLE:
        lines = queries.unread_lines(mail)
        return queries.draft(mail, kind=BUNDLE, params={"lines": lines}) if lines else None
    if mail.notice is None:
        return queries.draft(mail, kind=mail.kind, params=mail.params)
    if not mail.notice.is_unread or not _is_wanted_now(mail.notice):
        return None
    locale = mail.person.locale
    params = {**queries.params(mail.notice, locale), "line": queries.line(mail.notice, locale)}
    return queries.draft(mail, kind=mail.kind, params=params, count=mail.notice.count)


def _is_wanted_now(notice: Notice) -> bool:
    """Look at the receiver's choices again: they may have changed while the mail waited."""
    kind = ports.known.find(notice.kind)
    if kind is None:
        return False
    group, moment = ports.known.get_group(kind.group), clock.now()
    planned = rules.plan(
        delivery=queries.deliveries([notice.person_id], group).get(notice.person_id, group.delivery),
        moment=moment,
        zone=clock.OSLO,
        quiet=queries.quiet_hours([notice.person_id]).get(notice.person_id),
    )
    notice.is_bundled = planned.is_bundled
    if planned.mail_at and planned.mail_at > moment:
        raise jobs.Later(planned.mail_at - moment)
    return planned.mail_at is not None


def note_sent(mail_id: int, *, count: int) -> None:
    """Remember that a mail was taken, which told of so many; what came while it was on its way gets the next one."""
    mail = queries.find_mail(mail_id)
    if mail is None:
        return
    mail.note_sent(clock.now())
    db.session.flush()
    kind = ports.known.find(mail.notice.kind) if mail.notice else None
    if kind and mail.notice and mail.notice.is_unread and mail.notice.count > count:
        plan([mail.notice], ports.known.get_group(kind.group))


def note_refused(mail_id: int, *, code: int) -> None:
    """Remember that a mail will never be taken; administrators see it."""
    mail = queries.find_mail(mail_id)
    if mail:
        mail.note_refused(code)


def try_again(viewer: Viewer, mail_id: int) -> None:
    """Send a refused mail once more, under the same Message-ID."""
    if not viewer.may("jobs.manage"):
        raise NotAllowed(N_("This is not open to you."))
    mail = queries.get_mail(mail_id)
    if mail.state != MailState.FAILED:
        return
    mail.wait_again()
    audit.note(viewer.id, "notifications.try_again", mail_id=mail.id)
    _enqueue(mail.id, clock.now())


def drop_all(person_id: int) -> None:
    """Let the mails be that wait for somebody who has left."""
    waiting = select(Mail).where(Mail.person_id == person_id, Mail.state.in_([MailState.WAITING, MailState.FAILED]))
    for mail in db.session.scalars(waiting):
        mail.drop()
