"""What is kept about a person, for the export of their data."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.blueprints.notifications import ports
from portal.blueprints.notifications.models import BUNDLE, NEWS, Choice, Mail, Notice
from portal.blueprints.notifications.queries import choices
from portal.blueprints.notifications.queries.inbox import lines
from portal.blueprints.notifications.rules import NO_QUIET
from portal.blueprints.people import queries as people
from portal.core import i18n
from portal.core.db import db
from portal.core.i18n import N_


def inbox(person_id: int) -> list[dict[str, Any]]:
    """Give a person's own notices, in the words in which they read them."""
    rows = db.session.scalars(select(Notice).where(Notice.person_id == person_id).order_by(Notice.id)).all()
    return [
        {"text": line.words, "told_at": line.told_at, "read": not line.is_unread}
        for line in lines(rows, _locale(person_id))
    ]


def mails(person_id: int) -> list[dict[str, Any]]:
    """Give the mails to a person."""
    rows = db.session.scalars(select(Mail).where(Mail.person_id == person_id).order_by(Mail.id))
    locale = _locale(person_id)
    return [
        {"about": _about(row.kind, locale), "state": row.state, "written_at": row.created_at, "sent_at": row.sent_at}
        for row in rows
    ]


def chosen(person_id: int) -> dict[str, Any]:
    """Give what a person chose."""
    rows = db.session.scalars(select(Choice).where(Choice.person_id == person_id).order_by(Choice.scope, Choice.name))
    locale = _locale(person_id)
    quiet = choices.quiet_times([person_id]).get(person_id, NO_QUIET)
    hours = [
        {"from": span.starts, "to": span.ends, "weekdays": sorted(span.weekdays), "ends_on": span.ends_on}
        for span in quiet.spans
    ]
    return {
        "choices": [{"about": _about(row.name, locale), "mail": row.delivery} for row in rows],
        "quiet_hours": hours,
        "quiet_until": quiet.until,
    }


def _locale(person_id: int) -> str:
    return people.get_person(person_id).locale


def _about(name: str, locale: str) -> str:
    """Name a group or a kind as people know it; a mail of its own by the part of the house it comes from."""
    labels = {group.name: group.label for group in ports.known.groups()} | dict.fromkeys((NEWS, BUNDLE), N_("Notices"))
    labels |= {kind.name: kind.label for group in labels for kind in ports.known.kinds(group) if kind.label}
    found = labels.get(name) or labels.get(name.partition(".")[0])
    return i18n.text(found, locale) if found else name
