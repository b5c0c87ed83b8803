"""What colleagues say of a post by one press."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.people.models import Person
from portal.blueprints.questions.rules.marks import Kind
from portal.core.db import Base, Timestamped


class Thanks(Timestamped, Base):
    """A colleague thanked for an answer; only its author sees who."""

    __tablename__ = "thanks"
    __table_args__ = (Index("ix_thanks_created_at", "created_at"),)

    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class Wondering(Timestamped, Base):
    """A colleague wonders about the same."""

    __tablename__ = "wondering"

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class Following(Timestamped, Base):
    """A colleague wants to hear what comes of a question. Never made by itself for a post without a name."""

    __tablename__ = "following"

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class Verdict(Timestamped, Base):
    """How an answer did in everyday use: it worked for me, it is out of date, it is dangerous."""

    __tablename__ = "verdict"
    __table_args__ = (Index("ix_verdict_kind", "kind", "created_at"),)

    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    kind: Mapped[Kind] = mapped_column(String(10), primary_key=True)
    reason: Mapped[str] = mapped_column(String(500), default="")
    answer_version: Mapped[int]  # the wording that was tried: a later one has been mended since
    settled_at: Mapped[datetime | None]  # those who keep order found that it no longer holds

    person: Mapped[Person] = relationship()
