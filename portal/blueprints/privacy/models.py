"""Erasures: that somebody's account is being, or has been, emptied."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import clock
from portal.core.db import Base


class Erasure(Base):
    """The wish to be erased. It stays as a number and two moments: proof that it was done, and when."""

    __tablename__ = "erasure"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    takes_words: Mapped[bool] = mapped_column(default=False)  # what was written on the board goes too
    done_at: Mapped[datetime | None]

    @property
    def is_done(self) -> bool:
        """Tell whether nothing is left to do."""
        return self.done_at is not None
