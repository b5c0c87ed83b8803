"""Who looks at a question besides its owner, and who is left in peace with one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.people.models import Person
from portal.core.db import Base, Timestamped


class Looking(Timestamped, Base):
    """A colleague looks at a question together with its owner, or is asked to take it over. It lapses by itself."""

    __tablename__ = "looking"

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    until: Mapped[datetime]
    is_asked: Mapped[bool] = mapped_column(default=False)  # to take it over; a yes or a no ends it

    person: Mapped[Person] = relationship()


class ReviewPause(Base):
    """A colleague does not know whether an old answer still holds, and is not asked again for a good while."""

    __tablename__ = "review_pause"

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    until: Mapped[datetime]
