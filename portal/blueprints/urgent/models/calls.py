"""A call for help and those around it. All of it is gone within a day of its end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.urgent.rules.calls import Ending, State
from portal.core.db import Base, Timestamped

IS_OPEN = text("state <> 'over'")


class HelpCall(Timestamped, Base):
    """A hand that is raised: one line, and perhaps the system that it is about."""

    __tablename__ = "help_call"
    __table_args__ = (
        # Whoever presses twice has one hand in the air.
        Index("uq_help_call_open", "asker_id", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("ix_help_call_state", "state", "rung_at"),
        # Calls go every day, and a page left open must never act on the next one that would get the same number.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(String(300))
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id", ondelete="SET NULL"), index=True)
    key: Mapped[str | None] = mapped_column(String(40), unique=True)  # of the form: sent twice is one call
    state: Mapped[State] = mapped_column(String(10), default=State.RINGING)
    rung_at: Mapped[datetime]  # when the present ringing began; the ring widens by the time since then
    rounds: Mapped[int] = mapped_column(default=1)  # how often it has rung from the beginning
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    taken_at: Mapped[datetime | None]
    talking_at: Mapped[datetime | None]  # one of the two has said that they speak
    offered_to_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # to take it over
    offered_until: Mapped[datetime | None]
    ending: Mapped[Ending | None] = mapped_column(String(10))
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    solution: Mapped[str] = mapped_column(Text, default="")
    solution_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id", ondelete="SET NULL"), index=True)

    asker: Mapped[Person] = relationship(foreign_keys=[asker_id])
    taken_by: Mapped[Person | None] = relationship(foreign_keys=[taken_by_id])
    offered_to: Mapped[Person | None] = relationship(foreign_keys=[offered_to_id])
    tag: Mapped[Tag | None] = relationship()


class Rung(Base):
    """A person's screen has rung for a call; or they said «not now» and it is still. Gone when the call is over."""

    __tablename__ = "rung"

    call_id: Mapped[int] = mapped_column(ForeignKey("help_call.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    round: Mapped[int] = mapped_column(default=1)  # still in an earlier one: spared in the first minute of this one
    rung_at: Mapped[datetime]
    is_silent: Mapped[bool] = mapped_column(default=False)  # it shows and makes no sound: they speak, or are away
    declined: Mapped[bool] = mapped_column(default=False)  # for their own screen only; shown to nobody, counted nowhere


class Helping(Base):
    """A second colleague who helps too."""

    __tablename__ = "helping"

    call_id: Mapped[int] = mapped_column(ForeignKey("help_call.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    joined_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
