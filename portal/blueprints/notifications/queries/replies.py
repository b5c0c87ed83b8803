"""Which mail of ours somebody has answered, and where they can answer instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from portal.blueprints.notifications import rules
from portal.blueprints.notifications.models import Mail, MailLine, Notice
from portal.blueprints.people.models import Person
from portal.core import i18n, links
from portal.core.db import db


@dataclass(frozen=True, kw_only=True)
class Instead:
    """What to say to somebody who answers by mail: in which language, and which page to go to."""

    locale: str
    address: str


def instead(sender: str, message_ids: Sequence[str]) -> Instead:
    """Find the page that a reply is about. A sender we do not know, or not as its receiver, learns the inbox."""
    person = db.session.scalar(select(Person).where(func.lower(Person.email) == sender.lower(), Person.is_active))
    notice = _answered(person.id, message_ids) if person and message_ids else None
    locale = person.locale if person else i18n.DEFAULT
    if notice is None:
        return Instead(locale=locale, address=links.absolute("notifications.inbox", {}))
    return Instead(locale=locale, address=links.absolute(notice.endpoint, notice.values))


def _answered(person_id: int, message_ids: Sequence[str]) -> Notice | None:
    pages = [page for message_id in message_ids if (page := rules.page_of_root(message_id))]
    told = select(MailLine.notice_id).join(Mail, Mail.id == MailLine.mail_id)
    of_mail = told.where(Mail.message_id.in_(message_ids), Mail.person_id == person_id)
    newest = select(Notice).where(Notice.person_id == person_id)
    newest = newest.where(or_(Notice.id.in_(of_mail), Notice.page.in_(pages)))
    # A bundle tells of many pages: then no one of them is meant.
    found = db.session.scalars(newest.order_by(Notice.told_at.desc(), Notice.id.desc()).limit(20)).all()
    return found[0] if len({notice.page for notice in found}) == 1 else None
