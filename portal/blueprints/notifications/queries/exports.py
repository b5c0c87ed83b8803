"""What is kept about a person, for the export of their data."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.blueprints.notifications.models import Choice, Mail, Notice
from portal.blueprints.notifications.queries import choices
from portal.blueprints.notifications.rules import NO_QUIET
from portal.core.db import db


def inbox(person_id: int) -> list[dict[str, Any]]:
    """Give a person's own notices."""
    rows = db.session.scalars(select(Notice).where(Notice.person_id == person_id).order_by(Notice.id))
    return [
        {"kind": row.kind, "params": row.params, "told_at": row.told_at, "read_at": row.read_at, "count": row.count}
        for row in rows
    ]


def mails(person_id: int) -> list[dict[str, Any]]:
    """Give the mails to a person."""
    rows = db.session.scalars(select(Mail).where(Mail.person_id == person_id).order_by(Mail.id))
    return [
        {"kind": row.kind, "state": row.state, "written_at": row.created_at, "sent_at": row.sent_at} for row in rows
    ]


def chosen(person_id: int) -> dict[str, Any]:
    """Give what a person chose."""
    rows = db.session.scalars(select(Choice).where(Choice.person_id == person_id))
    quiet = choices.quiet_times([person_id]).get(person_id, NO_QUIET)
    hours = [
        {"from": span.starts, "to": span.ends, "weekdays": sorted(span.weekdays), "ends_on": span.ends_on}
        for span in quiet.spans
    ]
    return {
        "mail": {row.name: row.delivery for row in rows},
        "quiet_hours": hours,
        "quiet_until": quiet.until,
    }
