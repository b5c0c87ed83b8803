"""Wishes for a talk, buddies, contact cards, and who wants to be asked again. No text of any person is in here."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.people.models import Person
from portal.blueprints.talks.rules import Answer, State, Suits, Whom
from portal.core.db import Base

IS_ASKED = text("state = 'asked'")
ID_LENGTH = 22


def new_id() -> str:
    """Make an id by chance: counting up finds nobody's, and the number of talks shows nowhere."""
    return secrets.token_urlsafe(16)


class Talk(Base):
    """Somebody would like a talk. There is no reason, no case and no history; when it is over the row is gone."""

    __tablename__ = "talk"
    __table_args__ = (
        # Whoever presses twice has asked once.
        Index("uq_talk_asked", "asker_id", unique=True, sqlite_where=IS_ASKED, postgresql_where=IS_ASKED),
        CheckConstraint("helper_id <> asker_id", name="helper_is_somebody_else"),
        CheckConstraint("state <> 'passed' OR helper_id IS NULL", name="passed_is_forgotten"),
        CheckConstraint("state <> 'agreed' OR helper_id IS NOT NULL", name="agreed_with_somebody"),
    )

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, default=new_id)
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    helper_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    whom: Mapped[Whom] = mapped_column(String(10))
    suits: Mapped[Suits | None] = mapped_column(String(10))
    state: Mapped[State] = mapped_column(String(10), default=State.ASKED)
    answer: Mapped[Answer | None] = mapped_column(String(10))
    until: Mapped[datetime] = mapped_column(index=True)  # then a wish is let be, and all else is forgotten

    asker: Mapped[Person] = relationship(foreign_keys=[asker_id])
    helper: Mapped[Person | None] = relationship(foreign_keys=[helper_id])


class TalkTold(Base):
    """A peer supporter is told of a wish for a talk, or was. All of it is gone as soon as one has said yes."""

    __tablename__ = "talk_told"

    talk_id: Mapped[str] = mapped_column(ForeignKey("talk.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    told_at: Mapped[datetime]
    is_passed: Mapped[bool] = mapped_column(default=False)  # said «not this time», or nothing for a while


class Buddy(Base):
    """A person has asked somebody to be their buddy. Either ends it in one press, and then there is no row."""

    __tablename__ = "buddy"
    __table_args__ = (CheckConstraint("buddy_id <> person_id", name="buddy_is_somebody_else"),)

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, default=new_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    buddy_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    asked_until: Mapped[datetime | None]  # none once they have said yes

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    buddy: Mapped[Person] = relationship(foreign_keys=[buddy_id])

    @property
    def is_agreed(self) -> bool:
        """Tell whether the other one has said yes."""
        return self.asked_until is None


class ContactCard(Base):
    """Somebody outside of the desk whom one can turn to, as administrators wrote it."""

    __tablename__ = "contact_card"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    what: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    link: Mapped[str] = mapped_column(String(300), default="")
    hours: Mapped[str] = mapped_column(String(120), default="")


class FollowUp(Base):
    """Somebody wishes to be asked again, once, at about this moment. It says nothing of what had happened."""

    __tablename__ = "follow_up"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, default=new_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    due_at: Mapped[datetime]
