"""What questions are about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class Tag(Base):
    """A system or a subject that questions are about."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name_nn: Mapped[str] = mapped_column(String(40))
    name_nb: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(40))
    color: Mapped[str] = mapped_column(String(10), default="neutral")
    template: Mapped[str] = mapped_column(Text, default="")  # what a good question about it tells, as Markdown
    check_since: Mapped[datetime | None]  # the system changed then: older answers wait for a check
    check_reason: Mapped[str] = mapped_column(String(200), default="")

    def name(self, locale: str) -> str:
        """Give the name in a language."""
        return {"nb": self.name_nb, "en": self.name_en}.get(locale, self.name_nn)


class TagSynonym(Base):
    """Another word for a tag, such as the slug of one that was merged into it. Lower case."""

    __tablename__ = "tag_synonym"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), index=True)


class QuestionTag(Base):
    """A question is about a tag."""

    __tablename__ = "question_tag"
    __table_args__ = (Index("ix_question_tag_tag_id", "tag_id", "question_id"),)

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True)
