"""What colleagues would like an evening to be, and who would come."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.events.models.evenings import TITLE, Kind
from portal.blueprints.people.models import Person
from portal.core.db import Base, Timestamped

WHY = 1000
TIMING = 120
WORD = 600
KEY = 40


class ProposalState(StrEnum):
    """How it goes with a proposal. One that is withdrawn has no row."""

    OPEN = "open"
    MADE = "made"
    RESTING = "resting"


class Proposal(Timestamped, Base):
    """An evening that somebody would like."""

    __tablename__ = "proposal"
    __table_args__ = (
        UniqueConstraint("proposer_id", "key", name="uq_proposal_proposer_id"),
        Index("ix_proposal_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposer_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    is_named: Mapped[bool] = mapped_column(default=True)  # whether colleagues see whose it is
    key: Mapped[str | None] = mapped_column(String(KEY))  # of the showing of the form: sent twice is one proposal
    kind: Mapped[Kind] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(TITLE))
    why: Mapped[str] = mapped_column(String(WHY), default="")
    timing: Mapped[str] = mapped_column(String(TIMING), default="")
    state: Mapped[ProposalState] = mapped_column(String(10), default=ProposalState.OPEN)
    word: Mapped[str] = mapped_column(String(WORD), default="")  # for the proposer's eyes only
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None]
    evening_id: Mapped[int | None] = mapped_column(ForeignKey("evening.id", ondelete="SET NULL"))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id", ondelete="SET NULL"))

    proposer: Mapped[Person] = relationship(foreign_keys=[proposer_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])

    @property
    def is_open(self) -> bool:
        """Tell whether it still waits for somebody to make it."""
        return self.state == ProposalState.OPEN


class WouldCome(Base):
    """Somebody would come. Shown as a count only; gone once the proposal has its answer."""

    __tablename__ = "would_come"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
