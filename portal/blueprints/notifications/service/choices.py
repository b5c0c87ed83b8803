"""What people choose: when notices come by mail, and when it is quiet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time

from sqlalchemy import delete

from portal.blueprints.notifications import ports, rules
from portal.blueprints.notifications.models import Preference, QuietHours
from portal.blueprints.notifications.ports import Delivery
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def set_preference(viewer: Viewer, *, group: str, delivery: Delivery) -> None:
    """Choose when a group of notices comes by mail."""
    if group not in {known.name for known in ports.known.groups()}:
        raise Invalid(N_("There are no such notices."))
    db.session.merge(Preference(person_id=viewer.id, group=group, delivery=Delivery(delivery)))


def set_quiet_hours(viewer: Viewer, *, starts: time, ends: time, weekdays: Iterable[int]) -> None:
    """Choose the hours without mail; mails that wait are looked at again when they are due."""
    quiet = rules.Quiet(starts=starts, ends=ends, weekdays=frozenset(weekdays))
    if not quiet.weekdays or not quiet.weekdays <= frozenset(range(7)):
        raise Invalid(N_("Choose at least one day."), field="weekdays")
    if quiet.has_no_end:
        raise Invalid(N_("Quiet hours need an end. To get no mail at all, choose never above."), field="ends")
    row = QuietHours(person_id=viewer.id, starts=starts, ends=ends, weekdays=QuietHours.bits(quiet))
    db.session.merge(row)


def end_quiet_hours(viewer: Viewer) -> None:
    """Go without quiet hours."""
    db.session.execute(delete(QuietHours).where(QuietHours.person_id == viewer.id))
