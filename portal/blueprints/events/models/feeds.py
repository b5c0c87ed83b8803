"""What each person chooses for their own calendar: the address of it, and when it reminds."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.events.rules.reminders import Reminder
from portal.blueprints.people.models import Person
from portal.core.db import Base


class FeedSecret(Base):
    """What lets a calendar program read one person's evenings. Only a digest of it is kept."""

    __tablename__ = "feed_secret"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]

    person: Mapped[Person] = relationship()

    @staticmethod
    def digest_of(secret: str) -> str:
        """Give what is stored of a secret."""
        return hashlib.sha256(secret.encode()).hexdigest()


class ReminderChoice(Base):
    """When one person wants to be reminded. Whoever has not chosen has no row."""

    __tablename__ = "reminder_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    reminder: Mapped[Reminder] = mapped_column(String(20))
