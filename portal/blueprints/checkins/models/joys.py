"""Small joys, which all may see."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.checkins.rules.joys import JOY_LONGEST
from portal.blueprints.people.models import Person
from portal.core.db import Base, Timestamped


class Joy(Timestamped, Base):
    """Good news or thanks, under one's name."""

    __tablename__ = "joy"
    __table_args__ = (
        CheckConstraint("to_id <> author_id", name="thanks_are_for_others"),
        Index("ix_joy_created_at", "created_at", "id"),
        UniqueConstraint("author_id", "key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    key: Mapped[str | None] = mapped_column(String(40))  # of what a form sent: the same sent twice is one joy
    text: Mapped[str] = mapped_column(String(JOY_LONGEST))
    is_hidden: Mapped[bool] = mapped_column(default=False)

    author: Mapped[Person] = relationship(foreign_keys=author_id)
    to: Mapped[Person | None] = relationship(foreign_keys=to_id)
