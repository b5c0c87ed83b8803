"""Screenshots."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Timestamped


class Picture(Timestamped, Base):
    """A picture of a post: cleaned, kept in the database so that it is backed up and removed together with it."""

    __tablename__ = "picture"

    token: Mapped[str] = mapped_column(String(22), primary_key=True)
    # Whose it is until it is posted; a post without a name takes it over, and nobody is named any more.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    mime: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), index=True)
