"""Bundles: what waited for a mail that tells of several things."""

from __future__ import annotations

from sqlalchemy import update

from portal.blueprints.notifications import queries, rules
from portal.blueprints.notifications.models import Notice
from portal.blueprints.notifications.service import mails
from portal.core import clock
from portal.core.db import db


def bundle() -> None:
    """Write the daily mails: one for each person with something that waited for it."""
    waiting, moment = queries.bundled(), clock.now()
    quiet = queries.quiet_hours(waiting)
    for person_id, notice_ids in waiting.items():
        mail = {"person_id": person_id, "kind": mails.BUNDLE, "params": {"notices": notice_ids}}
        at = rules.after_quiet(moment, quiet.get(person_id), zone=clock.OSLO)
        mails.queue(mail, key=f"{mails.BUNDLE}-{person_id}-{moment:%Y%m%d%H%M%S}", at=at)
    db.session.execute(update(Notice).where(Notice.is_bundled).values(is_bundled=False))
