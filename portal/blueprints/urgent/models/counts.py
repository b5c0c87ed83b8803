"""What remains of calls: numbers of the whole desk, a day at a time."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class DayCount(Base):
    """How many calls of a day went one way: «raised», «solved», «within_30_seconds». No person, no text, no time."""

    __tablename__ = "help_day_count"

    day: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(30), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
