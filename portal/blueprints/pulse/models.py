"""Rounds, sealed ballots, and what was published. There is no person here: a ballot has a one-round token."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import rotation
from portal.core.db import Base

TOKEN_LENGTH = 64


class Round(Base):
    """One closed week of questions. No column changes while it is open, so that its row tells nothing of answers."""

    __tablename__ = "pulse_round"
    __table_args__ = {"sqlite_autoincrement": True}  # the number is a part of contexts: never used twice

    id: Mapped[int] = mapped_column(primary_key=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime] = mapped_column(index=True)
    k: Mapped[int]  # as it was then: what weeks were published by does not change after them
    published_on: Mapped[date | None]

    @property
    def is_published(self) -> bool:
        """Tell whether the round is over and counted."""
        return self.published_on is not None

    def is_open(self, moment: datetime) -> bool:
        """Tell whether answers are taken."""
        return not self.is_published and self.opens_at <= moment < self.closes_at


class Ballot(Base):
    """One member's sealed slip. All of a round are written at its opening, and all of them again at each answer."""

    __tablename__ = "pulse_ballot"

    token: Mapped[str] = mapped_column(String(TOKEN_LENGTH), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("pulse_round.id", ondelete="CASCADE"), index=True)
    sealed: Mapped[bytes]


class Member(Base):
    """Who was asked in a round, by a keyed mark that says nothing of answers: what everybody at the desk knows anyway.

    The guard needs it to know how cohorts of different weeks differ. Gone when the round has left the guard's window.
    """

    __tablename__ = "pulse_member"

    round_id: Mapped[int] = mapped_column(ForeignKey("pulse_round.id", ondelete="CASCADE"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(TOKEN_LENGTH), primary_key=True)
    cell: Mapped[int]


class Published(Base):
    """A level that was published for a cell. There are no counts, and nothing is ever computed anew."""

    __tablename__ = "pulse_level"

    round_id: Mapped[int] = mapped_column(ForeignKey("pulse_round.id", ondelete="CASCADE"), primary_key=True)
    cell: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    level: Mapped[int]


class HeldNote(Base):
    """A frustration that waits in the mix: no team, no time, no round; all rows are rewritten together."""

    __tablename__ = "pulse_held"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    sealed: Mapped[bytes]
    mixed_since: Mapped[date]  # the day when the mix began, the same on all rows

    @property
    def context(self) -> str:
        """Name the place that the words are sealed for."""
        return f"pulse:held:{self.id}"


class Hand(Base):
    """Somebody has put something into the mix: counts persons, joined to no note, named by the mix's mortal key."""

    __tablename__ = "pulse_hand"

    mark: Mapped[str] = mapped_column(String(TOKEN_LENGTH), primary_key=True)


class Note(Base):
    """A frustration that was published together with others."""

    __tablename__ = "pulse_note"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    sealed: Mapped[bytes]
    published_on: Mapped[date] = mapped_column(index=True)
    is_hidden: Mapped[bool] = mapped_column(default=False)

    @property
    def context(self) -> str:
        """Name the place that the words are sealed for."""
        return f"pulse:note:{self.id}"


class Annotation(Base):
    """What happened at the desk on a day, such as a new version of a system: a mark on the chart."""

    __tablename__ = "pulse_annotation"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
    words: Mapped[str] = mapped_column(String(60))


# A ballot is sealed with the key of its round, which is never changed and never kept: it is not among these.
rotation.register(HeldNote.sealed, context=lambda row: row.context)
rotation.register(Note.sealed, context=lambda row: row.context)
