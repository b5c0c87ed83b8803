"""Flags: somebody asks those who keep order to look at a post."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.rules.order import NOTE_LONGEST, Outcome, Reason
from portal.core.db import Base, Timestamped

OPEN = "settled_at IS NULL"
ONE_POST = (
    "(CASE WHEN question_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN answer_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN comment_id IS NULL THEN 0 ELSE 1 END) = 1"
)


class Flag(Timestamped, Base):
    """One person's flag of one post; only one of the three ids is there. Its author is never told whose it was."""

    __tablename__ = "flag"
    __table_args__ = (
        # Once a person and post, as long as nobody has looked at it.
        Index("uq_flag_open", "person_id", "post", unique=True, sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_flag_open", "created_at", "id", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_flag_settled_at", "settled_at"),
        CheckConstraint(ONE_POST, name="one_post"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    post: Mapped[str] = mapped_column(String(30), index=True)  # «answer-7»
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), index=True)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    reason: Mapped[Reason] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(String(NOTE_LONGEST), default="")
    suggested_id: Mapped[int | None] = mapped_column(ForeignKey("question.id", ondelete="SET NULL"), index=True)
    suggested_article: Mapped[str] = mapped_column(String(20), default="")
    has_hidden: Mapped[bool] = mapped_column(default=False)  # it took the post out of sight
    settled_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(String(10))

    question: Mapped[Question | None] = relationship(foreign_keys=question_id)
    answer: Mapped[Answer | None] = relationship(foreign_keys=answer_id)
    comment: Mapped[Comment | None] = relationship(foreign_keys=comment_id)
    suggested: Mapped[Question | None] = relationship(foreign_keys=suggested_id)

    @property
    def is_suggestion(self) -> bool:
        """Tell whether it names what the question is a duplicate of; the asker decides that."""
        return self.reason == Reason.DUPLICATE and bool(self.suggested_id or self.suggested_article)

    @property
    def flagged(self) -> Post:
        """Give the post."""
        found = self.question or self.answer or self.comment
        if found is None:
            raise LookupError("a flag without a post, which the database refuses")
        return found

    @property
    def thread(self) -> Question:
        """Give the thread that the post stands in now."""
        flagged = self.flagged
        return flagged if isinstance(flagged, Question) else flagged.question
