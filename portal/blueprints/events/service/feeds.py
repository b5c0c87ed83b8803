"""The personal calendar address: made, made anew, and taken away."""

from __future__ import annotations

import secrets

from sqlalchemy import delete

from portal.blueprints.events.models.feeds import FeedSecret, ReminderChoice
from portal.blueprints.events.queries import calendars
from portal.blueprints.events.rules.reminders import Reminder
from portal.core import clock, privacy
from portal.core.db import db
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def make_secret(viewer: Viewer) -> str:
    """Give the viewer a new secret, shown this once; an older one stops working."""
    secret = secrets.token_urlsafe(32)
    digest = FeedSecret.digest_of(secret)
    db.session.merge(FeedSecret(person_id=viewer.id, digest=digest, made_at=clock.now()))
    db.session.flush()
    return secret


def remove_secret(viewer: Viewer) -> None:
    """Close the viewer's calendar address."""
    erase(viewer.id)


def choose_reminder(viewer: Viewer, reminder: Reminder) -> None:
    """Choose when to be reminded. Invitations that are sent from now on have their alarm then."""
    db.session.merge(ReminderChoice(person_id=viewer.id, reminder=reminder))
    db.session.flush()


def erase(person_id: int) -> None:
    """Delete the secret of a person's calendar address."""
    db.session.execute(delete(FeedSecret).where(FeedSecret.person_id == person_id))


privacy.register(
    "events",
    what=N_("That you have a calendar address of your own; the address itself is kept as a digest only"),
    seen_by=N_("Only you. Whoever you give the address to can read your evenings, without the names of others."),
    kept=N_("Until you remove it or your account is erased."),
    tables=("feed_secret",),
    export=calendars.export_feed,
    erase=erase,
)


def forget_reminder(person_id: int) -> None:
    """Delete what a person has chosen about reminders."""
    db.session.execute(delete(ReminderChoice).where(ReminderChoice.person_id == person_id))


privacy.register(
    "events",
    what=N_("When you want to be reminded of the evenings you come to"),
    seen_by=N_("Only you"),
    kept=N_("Until you choose otherwise or your account is erased."),
    tables=("reminder_choice",),
    export=calendars.export_reminder,
    erase=forget_reminder,
)
