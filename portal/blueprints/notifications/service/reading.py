"""What people have read."""

from __future__ import annotations

from sqlalchemy import update

from portal.blueprints.notifications.models import Notice
from portal.blueprints.notifications.queries import inbox
from portal.core import clock, live
from portal.core.db import db
from portal.core.viewer import Viewer


def mark_read(viewer: Viewer, notice_id: int) -> Notice:
    """Mark one notice of the viewer's own read, and give it."""
    notice = inbox.get_notice(viewer, notice_id)
    notice.read(clock.now())
    live.publish(f"person-{viewer.id}")
    return notice


def mark_all_read(viewer: Viewer) -> None:
    """Mark everything in the viewer's inbox read."""
    mine = update(Notice).where(Notice.person_id == viewer.id, Notice.read_at.is_(None))
    db.session.execute(mine.values(read_at=clock.now()))
    live.publish(f"person-{viewer.id}")
