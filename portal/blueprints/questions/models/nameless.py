"""What is kept for those who write without a name. No row here, or beside it, says who they are."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.questions.models.posts import Question
from portal.core.db import Base


class News(StrEnum):
    """What somebody without a name is told."""

    ANSWERED = "answered"
    COMMENTED = "commented"
    THANKED = "thanked"
    SOLVED = "solved"
    INFO_WANTED = "info_wanted"
    WARNED = "warned"
    ACCEPTED = "accepted"
    MERGED = "merged"
    MOVED = "moved"
    SUGGESTED = "suggested"
    OUT_OF_SIGHT = "out_of_sight"


class NamelessHand(Base):
    """A hand that writes in a thread without a name, in the order in which they came: it numbers the labels."""

    __tablename__ = "nameless_hand"
    __table_args__ = (UniqueConstraint("question_id", "mask"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    mask: Mapped[str] = mapped_column(String(64))


class NamelessNews(Base):
    """Something new for a hand without a name. A notice would name its receiver; this is found by its mask only.

    It stands until it is read. To the hour, as all that is said of a post without a name.
    """

    __tablename__ = "nameless_news"
    __table_args__ = (UniqueConstraint("question_id", "mask", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    mask: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(64))
    kind: Mapped[News] = mapped_column(String(20))
    count: Mapped[int] = mapped_column(default=1)
    told_at: Mapped[datetime] = mapped_column(index=True)

    question: Mapped[Question] = relationship()
