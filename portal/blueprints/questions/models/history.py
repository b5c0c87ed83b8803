"""How a post was worded before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.people.models import Person
from portal.core.db import Base


class Revision(Base):
    """One wording of a post. A post that was never changed has none; from the first change on, each wording has one."""

    __tablename__ = "revision"
    __table_args__ = (Index("ix_revision_post", "question_id", "answer_id", "comment_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]  # the version of the post that it holds
    title: Mapped[str] = mapped_column(String(150), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)  # slugs
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # none: without a name
    written_at: Mapped[datetime]  # to the hour where there is no name

    written_by: Mapped[Person | None] = relationship()
