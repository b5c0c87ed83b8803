"""What somebody is still writing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.blueprints.questions.rules.drafts import KEY_LONGEST, PLACE_LONGEST
from portal.core import rotation
from portal.core.db import Base


class Draft(Base):
    """The words of a form that is not sent yet: one per person and place, sealed, for nobody else's eyes."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # A keyed digest of "question", "answer-17" or "comment-17-3": whoever answers without a name leaves no trace of it.
    place: Mapped[str] = mapped_column(String(PLACE_LONGEST))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(default=1)
    key: Mapped[str] = mapped_column(String(KEY_LONGEST), default="")  # of the showing of the form that wrote it last
    saved_at: Mapped[datetime] = mapped_column(index=True)

    @property
    def context(self) -> str:
        """Give what the words are bound to: moved to another person or place they do not open."""
        return f"draft:{self.person_id}:{self.place}"


rotation.register(Draft.sealed, context=lambda row: row.context)
