"""The rota, what each says of themselves, and who has a page open."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.blueprints.shifts.rules import Availability, Kind
from portal.core.db import Base, Timestamped


class Rota(Timestamped, Base):
    """Where shifts come from: a file or an address, read again and again. Each reading replaces the one before."""

    __tablename__ = "rota"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    digest: Mapped[str] = mapped_column(String(64), default="")  # of what was read last: the same again changes nothing
    read_at: Mapped[datetime]
    first_at: Mapped[datetime | None]  # what it covers
    last_at: Mapped[datetime | None]


class Shift(Base):
    """A span in which a person is at work, or away on leave. Only what lies ahead, and a short while back, is kept."""

    __tablename__ = "shift"
    __table_args__ = (
        Index("ix_shift_ends_at", "ends_at", "starts_at"),
        Index("ix_shift_person_id", "person_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rota_id: Mapped[int] = mapped_column(ForeignKey("rota.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[Kind] = mapped_column(String(10), default=Kind.WORK)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Standing(Base):
    """What a person says of themselves. Every word has an end, and nothing is kept of what was said before."""

    __tablename__ = "standing"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    availability: Mapped[Availability] = mapped_column(String(10), default=Availability.AVAILABLE)
    until: Mapped[datetime | None]  # of «on a call» and «away»
    works_until: Mapped[datetime | None]  # at work whatever the rota says
    off_until: Mapped[datetime | None]  # not at work whatever the rota says
    easy_until: Mapped[datetime | None]  # «I take it easy»: at work, and never rung


class Presence(Base):
    """A person had a page of the portal open, in one of its processes, at that moment. Gone within the hour."""

    __tablename__ = "presence"

    process: Mapped[str] = mapped_column(String(60), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)
