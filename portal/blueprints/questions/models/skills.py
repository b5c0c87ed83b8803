"""What a colleague likes to be asked about, or wants to learn."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.blueprints.questions.rules.skills import Level
from portal.core.db import Base, Timestamped


class Skill(Timestamped, Base):
    """A colleague has said that they know a tag, or want to learn it."""

    __tablename__ = "skill"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True)
    level: Mapped[Level] = mapped_column(String(10))


class AskedByAnswers(Timestamped, Base):
    """A colleague agrees to be asked about what they have answered lately. Who does not has no row."""

    __tablename__ = "asked_by_answers"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
