"""What stands in the calendar of one person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.feeds import FeedSecret, ReminderChoice
from portal.blueprints.events.models.signups import SignUp
from portal.blueprints.events.rules import reminders
from portal.blueprints.events.rules.reminders import Reminder
from portal.blueprints.people.models import Person
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_

FEED_LOOKS_BACK = timedelta(days=60)


def find_feed(person_id: int) -> FeedSecret | None:
    """Find a person's feed."""
    return db.session.get(FeedSecret, person_id)


def get_subscriber(secret: str) -> Person:
    """Give the active person whose feed has this secret."""
    query = select(FeedSecret).options(joinedload(FeedSecret.person))
    feed = db.session.scalar(query.where(FeedSecret.digest == FeedSecret.digest_of(secret)))
    if feed is None or not feed.person.is_active:
        raise NotFound(N_("That calendar is not here."))
    return feed.person


def feed(person_id: int) -> Sequence[SignUp]:
    """Give a person's evenings for their calendar, also the cancelled ones, so that these vanish there too."""
    query = (
        select(SignUp)
        .join(Evening)
        .options(selectinload(SignUp.evening).joinedload(Evening.series))
        .where(SignUp.person_id == person_id, Evening.ends_at > clock.now() - FEED_LOOKS_BACK)
    )
    return db.session.scalars(query.order_by(Evening.starts_at, Evening.id)).all()


def reminders_of(person_ids: Iterable[int]) -> dict[int, Reminder]:
    """Tell when each of these persons wants to be reminded."""
    wanted = list(person_ids)
    chosen = select(ReminderChoice.person_id, ReminderChoice.reminder).where(ReminderChoice.person_id.in_(wanted))
    own = {person_id: Reminder(reminder) for person_id, reminder in db.session.execute(chosen)}
    return {person_id: own.get(person_id, reminders.FIRST_CHOICE) for person_id in wanted}


def export_feed(person_id: int) -> list[dict[str, Any]]:
    """Tell whether a person has a feed, for the export of their data; the secret itself is not kept."""
    found = find_feed(person_id)
    return [{"made_at": found.made_at}] if found else []


def export_reminder(person_id: int) -> list[dict[str, Any]]:
    """Give when a person wants to be reminded, for the export of their data."""
    chosen = db.session.get(ReminderChoice, person_id)
    return [{"reminder": chosen.reminder}] if chosen else []
