"""A big incident: one pinned thread for what many calls are about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Comment, Question
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.urgent.rules import incidents as rules
from portal.core.db import Base, Timestamped

IS_OPEN = text("closed_at IS NULL")


class Incident(Timestamped, Base):
    """What is going on, and how far one has come. Its thread is a question: all that can be done there, can be done."""

    __tablename__ = "incident"
    __table_args__ = (
        # Two who open one for the same question in the same moment have opened one.
        Index("uq_incident_open", "question_id", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("ix_incident_question_id", "question_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id", ondelete="SET NULL"), index=True)
    headline: Mapped[str] = mapped_column(String(rules.HEADLINE_LONGEST))
    said_at: Mapped[datetime]  # when somebody last opened it or said how it goes
    next_word_at: Mapped[datetime | None]  # when one has promised to say more
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    closed_at: Mapped[datetime | None]

    question: Mapped[Question] = relationship()
    opened_by: Mapped[Person | None] = relationship()
    tag: Mapped[Tag | None] = relationship()


class IncidentWord(Base):
    """A comment in the thread says how it goes. Mended, hidden or redacted there, it is so in every banner too."""

    __tablename__ = "incident_word"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), index=True)

    comment: Mapped[Comment] = relationship()


class Affected(Base):
    """A colleague with a caller in it follows along, and hears when it is over. Gone then."""

    __tablename__ = "affected"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    since: Mapped[datetime]
