"""Games and who has them, what is brought to an evening and wished for there, and who sits where."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.games.rules import shelf
from portal.blueprints.games.rules.shelf import Entry
from portal.blueprints.games.rules.tables import Wish
from portal.blueprints.people.models import Person
from portal.core.db import Base, Timestamped


class PlanState(StrEnum):
    """How far a table plan has come."""

    WANTED = "wanted"
    LAID = "laid"
    IMPOSSIBLE = "impossible"


class Game(Timestamped, Base):
    """One copy of a game: somebody's own, or one that stands at work for all (no owner)."""

    __tablename__ = "game"
    __table_args__ = (
        UniqueConstraint("owner_id", "title", name="uq_game_owner_id"),
        CheckConstraint("1 <= players_min AND players_min <= players_max", name="players"),
        CheckConstraint("players_best >= players_min AND players_best <= players_max", name="best"),
        CheckConstraint("minutes > 0", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(shelf.NAME))
    title: Mapped[str] = mapped_column(String(shelf.NAME), index=True)  # what copies of the same game share
    players_min: Mapped[int]
    players_max: Mapped[int]
    players_best: Mapped[int | None]
    minutes: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(shelf.LANGUAGE), default="")
    rules_url: Mapped[str] = mapped_column(String(shelf.ADDRESS), default="")
    notes: Mapped[str] = mapped_column(String(shelf.NOTES), default="")

    owner: Mapped[Person | None] = relationship()

    @property
    def entry(self) -> Entry:
        """Give it as the rules read it."""
        return Entry(
            name=self.name,
            players_min=self.players_min,
            players_max=self.players_max,
            players_best=self.players_best,
            minutes=self.minutes,
            language=self.language,
            rules_url=self.rules_url,
            notes=self.notes,
        )

    def become(self, entry: Entry) -> None:
        """Take over what was written of it."""
        self.name, self.title, self.notes = entry.name, entry.title, entry.notes
        self.players_min, self.players_max = entry.players_min, entry.players_max
        self.players_best, self.minutes = entry.players_best, entry.minutes
        self.language, self.rules_url = entry.language, entry.rules_url


class Teaches(Base):
    """Somebody can teach a game, whoever has it."""

    __tablename__ = "teaches"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    title: Mapped[str] = mapped_column(String(shelf.NAME), primary_key=True, index=True)


class BroughtGame(Base):
    """A copy is brought to an evening. Taking it home again deletes the row."""

    __tablename__ = "brought_game"

    evening_id: Mapped[int] = mapped_column(ForeignKey("evening.id", ondelete="CASCADE"), primary_key=True)
    game_id: Mapped[int] = mapped_column(ForeignKey("game.id", ondelete="CASCADE"), primary_key=True, index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)

    game: Mapped[Game] = relationship()


class GameWish(Base):
    """What somebody says of playing a game at an evening. Only the table plan reads it; gone the week after."""

    __tablename__ = "game_wish"

    evening_id: Mapped[int] = mapped_column(ForeignKey("evening.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    title: Mapped[str] = mapped_column(String(shelf.NAME), primary_key=True)
    wish: Mapped[Wish] = mapped_column(String(10))

    evening: Mapped[Evening] = relationship()


class TablePlan(Base):
    """The table plan of an evening: whether it is being laid, is there, or cannot be, and whether all may see it."""

    __tablename__ = "table_plan"

    evening_id: Mapped[int] = mapped_column(ForeignKey("evening.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[PlanState] = mapped_column(String(10))
    night: Mapped[str] = mapped_column(String(64), default="")  # a digest of what it was laid from
    laid_at: Mapped[datetime | None]
    is_shown: Mapped[bool] = mapped_column(default=False)
    is_proven: Mapped[bool] = mapped_column(default=True)
    why: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # numbers and names of reasons, no person


class TableSeat(Base):
    """Somebody sits at a table by the plan, with the guests they bring."""

    __tablename__ = "table_seat"

    evening_id: Mapped[int] = mapped_column(ForeignKey("evening.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    game_id: Mapped[int] = mapped_column(ForeignKey("game.id", ondelete="CASCADE"), index=True)


class SeatPin(Base):
    """The organiser's word on where somebody sits."""

    __tablename__ = "seat_pin"

    evening_id: Mapped[int] = mapped_column(ForeignKey("evening.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    game_id: Mapped[int] = mapped_column(ForeignKey("game.id", ondelete="CASCADE"), index=True)


class TablePin(Base):
    """The organiser's word on whether a game is played."""

    __tablename__ = "table_pin"

    evening_id: Mapped[int] = mapped_column(ForeignKey("evening.id", ondelete="CASCADE"), primary_key=True)
    game_id: Mapped[int] = mapped_column(ForeignKey("game.id", ondelete="CASCADE"), primary_key=True, index=True)
    is_open: Mapped[bool]
