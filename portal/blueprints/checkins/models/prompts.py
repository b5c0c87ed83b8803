"""Who wants to be asked how they are, and when."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import CheckConstraint, Date, ForeignKey, Time
from sqlalchemy.orm import Mapped, mapped_column

from portal.blueprints.checkins.rules import prompts as rules
from portal.blueprints.checkins.rules.prompts import Choice
from portal.core.db import Base


class Prompt(Base):
    """What somebody answered when we offered to ask; without a row they have not been offered it, and are not asked."""

    __tablename__ = "checkin_prompt"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    weekday: Mapped[int | None] = mapped_column(index=True)  # empty = never
    at: Mapped[time] = mapped_column(Time, default=rules.USUAL)
    asked_on: Mapped[date | None] = mapped_column(Date)  # the last time, for a week: so it is once a week at most

    @property
    def choice(self) -> Choice:
        """Give what they chose."""
        return Choice(weekday=self.weekday, at=self.at)
