"""What is left of an evening: a few words, pictures that everybody in them agreed to, and thanks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.people.models import Person
from portal.core.db import Base, Timestamped

RECAP = 2000
ALT = 200


class Recap(Timestamped, Base):
    """A few words about how it was."""

    __tablename__ = "recap"

    evening_id: Mapped[int] = mapped_column(ForeignKey("evening.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(String(RECAP))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)

    author: Mapped[Person | None] = relationship()


class RecapPicture(Timestamped, Base):
    """A picture of an evening: cleaned, with words for those who do not see it. Taking it down deletes the row."""

    __tablename__ = "recap_picture"

    token: Mapped[str] = mapped_column(String(22), primary_key=True)
    evening_id: Mapped[int] = mapped_column(ForeignKey("evening.id", ondelete="CASCADE"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    agreed_at: Mapped[datetime]  # when its owner said that everybody in it has said yes
    alt: Mapped[str] = mapped_column(String(ALT))
    mime: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class EveningThanks(Timestamped, Base):
    """Somebody has said thanks for an evening. Never counted, never shown to others."""

    __tablename__ = "evening_thanks"

    evening_id: Mapped[int] = mapped_column(ForeignKey("evening.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
