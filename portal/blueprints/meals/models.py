"""Food on an evening, who eats, and what they do not eat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.people.models import Person
from portal.core import rotation
from portal.core.db import Base, Timestamped

WHAT = 120
PLACE = 160
OTHER = 160
MOST_GUESTS = 3


class Meal(Timestamped, Base):
    """Food before or after: a headcount and a deadline of its own."""

    __tablename__ = "meal"
    __table_args__ = (CheckConstraint("capacity > 0", name="capacity"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    evening_id: Mapped[int] = mapped_column(ForeignKey("evening.id", ondelete="CASCADE"), unique=True)
    what: Mapped[str] = mapped_column(String(WHAT))
    place: Mapped[str] = mapped_column(String(PLACE), default="")
    at: Mapped[datetime] = mapped_column(index=True)
    deadline: Mapped[datetime]
    capacity: Mapped[int | None]
    evening_starts_at: Mapped[datetime]  # when the evening began as the meal was planned: it moves along
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)

    evening: Mapped[Evening] = relationship()
    organiser: Mapped[Person | None] = relationship()

    def is_open(self, moment: datetime) -> bool:
        """Tell whether one can still say that one eats."""
        return moment < self.deadline and not self.evening.is_cancelled

    def is_over(self, moment: datetime) -> bool:
        """Tell whether people sit at the table by now."""
        return moment >= self.at

    def follow(self, starts_at: datetime, moment: datetime) -> None:
        """Move along with the evening. A deadline that has passed stays: the totals have been seen."""
        shift = starts_at - self.evening_starts_at
        if moment < self.deadline:
            self.deadline += shift
        self.at, self.evening_starts_at = self.at + shift, starts_at


class Diner(Base):
    """Somebody eats. Leaving deletes the row, and so does the day after."""

    __tablename__ = "diner"
    __table_args__ = (CheckConstraint("guests >= 0", name="guests"),)

    meal_id: Mapped[int] = mapped_column(ForeignKey("meal.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    guests: Mapped[int] = mapped_column(default=0)

    @property
    def seats(self) -> int:
        """Count the plates."""
        return 1 + self.guests


class KnownNeeds(Base):
    """What a person does not eat. Sealed: it is about health and faith, and the dump of a database tells nothing."""

    __tablename__ = "diet"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    is_kept: Mapped[bool] = mapped_column(default=False)  # until next time, because they said so

    @property
    def context(self) -> str:
        """Bind what is sealed to this person."""
        return context_of(self.person_id)


def context_of(person_id: int) -> str:
    """Give what the needs of a person are bound to."""
    return f"diet:{person_id}"


rotation.register(KnownNeeds.sealed, context=lambda row: row.context)
