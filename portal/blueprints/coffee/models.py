"""Who takes part, who meets this week, and who has met whom."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.coffee.rules.times import Rhythm
from portal.blueprints.people.models import Person
from portal.core.db import Base


class Member(Base):
    """Somebody takes part. Leaving deletes the row, and every pair with it."""

    __tablename__ = "coffee_member"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    rhythm: Mapped[Rhythm] = mapped_column(String(10), default=Rhythm.WEEKLY)
    weekday: Mapped[int | None]  # the day one likes best, 0 = Monday
    is_paused: Mapped[bool] = mapped_column(default=False)
    paused_until: Mapped[date | None] = mapped_column(Date)  # empty = until one says so
    slot: Mapped[int] = mapped_column(default=0)  # place in the tournament that keeps repeats away
    last_on: Mapped[date | None] = mapped_column(Date)  # Monday of the last week with company: for «once a month»
    is_first: Mapped[bool] = mapped_column(default=False)  # found nobody last time, and comes first now
    free_in: Mapped[int | None]  # the round in which they still look for company

    def rests(self, day: date) -> bool:
        """Tell whether they take a break on a day."""
        return self.is_paused and (self.paused_until is None or day < self.paused_until)

    def finds(self, week_on: date) -> None:
        """Have company this week."""
        self.last_on, self.is_first, self.free_in = week_on, False, None

    def finds_nobody(self, number: int) -> None:
        """Be left over this week: still looking, and first in line the next time."""
        self.last_on, self.is_first, self.free_in = None, True, number


class Round(Base):
    """A week in which pairs were made."""

    __tablename__ = "coffee_round"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    week_on: Mapped[date] = mapped_column(Date, unique=True)  # its Monday


class Group(Base):
    """Two or three who meet this week. Gone when the week is."""

    __tablename__ = "coffee_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(ForeignKey("coffee_round.number", ondelete="CASCADE"), index=True)
    meets_at: Mapped[datetime | None]  # only suggested; empty where nothing is known of their hours

    seats: Mapped[list[Seat]] = relationship(
        back_populates="group", cascade="all, delete-orphan", order_by="Seat.person_id"
    )


class Seat(Base):
    """Somebody belongs to those who meet. Not coming this time deletes the row."""

    __tablename__ = "coffee_seat"

    group_id: Mapped[int] = mapped_column(ForeignKey("coffee_group.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)

    group: Mapped[Group] = relationship(back_populates="seats")
    person: Mapped[Person] = relationship()


class Encounter(Base):
    """Two were put together in a round. Kept while both take part, so that they do not meet again before all have."""

    __tablename__ = "coffee_pair"
    __table_args__ = (CheckConstraint("low_id < high_id", name="in_order"),)

    low_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    high_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    number: Mapped[int] = mapped_column(primary_key=True)

    def other_than(self, person_id: int) -> int:
        """Give the other of the two."""
        return self.high_id if person_id == self.low_id else self.low_id
