"""What was taken from one thread to another, so that all of it can be taken back.

Nothing here says who did it: an asker without a name may merge their own question. Moments are to the hour.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.rules.order import Mark, Way
from portal.core.db import Base

STANDING_DUPLICATE = "way = 'duplicate' AND undone_at IS NULL"


class Transfer(Base):
    """One act by which posts went to another thread: a merge, a split, a move."""

    __tablename__ = "transfer"
    __table_args__ = (
        Index(
            "uq_transfer_duplicate",
            "source_id",
            unique=True,
            sqlite_where=text(STANDING_DUPLICATE),
            postgresql_where=text(STANDING_DUPLICATE),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    way: Mapped[Way] = mapped_column(String(10))
    source_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), index=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), index=True)
    # What had solved the source, when that went too: it is so again when it comes back.
    accepted_answer_id: Mapped[int | None] = mapped_column(ForeignKey("answer.id", ondelete="SET NULL"), index=True)
    solved_at: Mapped[datetime | None]
    accepted_by_peer: Mapped[bool] = mapped_column(default=False)
    done_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    source: Mapped[Question] = relationship(foreign_keys=source_id)
    target: Mapped[Question] = relationship(foreign_keys=target_id)
    items: Mapped[list[TransferItem]] = relationship(order_by="TransferItem.id", passive_deletes=True)


class TransferItem(Base):
    """One thing that went: an answer, a comment (and the answer it stood under), or a mark that the target got."""

    __tablename__ = "transfer_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id", ondelete="CASCADE"), index=True)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    mark: Mapped[Mark | None] = mapped_column(String(10))


class Recast(Base):
    """One text in two shapes, an answer and a comment: one of the rows holds the words, the other is an empty shell.

    So thanks and marks of the answer wait where they are until it is an answer again.
    """

    __tablename__ = "recast"

    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), unique=True)
    under_id: Mapped[int | None] = mapped_column(ForeignKey("answer.id", ondelete="SET NULL"), index=True)
    remarks: Mapped[list[int]] = mapped_column(JSON, default=list)  # comments of the answer, now of the question
