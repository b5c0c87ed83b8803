"""What is said when something has been kept."""

from __future__ import annotations

from portal.blueprints.checkins.models.checkins import CheckIn
from portal.core.i18n import N_
from portal.web.fragments import flash


def say_who_reads(checkin: CheckIn) -> None:
    """Say who can read what was just kept."""
    if checkin.reader:
        flash(N_("Saved. %(name)s is told that you have shared something, and can read it."), name=checkin.reader.name)
    else:
        flash(N_("Saved. Only you see it."))
