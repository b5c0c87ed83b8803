"""Series, and the evenings that come of them or stand alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from enum import StrEnum
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, CheckConstraint, Date, Dialect, ForeignKey, String, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from portal.blueprints.events.rules import recurrence
from portal.blueprints.events.rules.recurrence import Frequency
from portal.blueprints.people.models import Person
from portal.core import clock
from portal.core.db import Base, Timestamped

TITLE = 120
TEXT = 2000
PLACE = 160


class Kind(StrEnum):
    """What people come for."""

    BOARD_GAMES = "board_games"
    CINEMA = "cinema"
    OTHER = "other"


class EveningState(StrEnum):
    """Whether an evening will be."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why an evening will not be."""

    TOO_FEW = "too_few"


class Days(TypeDecorator[frozenset[date]]):
    """A set of days."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Iterable[date] | None, _dialect: Dialect) -> list[str]:
        """Write the days in order."""
        return sorted(day.isoformat() for day in value or ())

    def process_result_value(self, value: list[str] | None, _dialect: Dialect) -> frozenset[date]:
        """Read the days."""
        return frozenset(date.fromisoformat(day) for day in value or ())


class Series(Timestamped, Base):
    """Evenings that come again: a rule, a wall-clock time, and what each evening starts out with."""

    __tablename__ = "series"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("seats > 0", name="seats"),
        CheckConstraint("minimum > 0", name="minimum"),
        CheckConstraint("decide_hours > 0", name="decide_hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(TITLE))
    text: Mapped[str] = mapped_column(String(TEXT), default="")
    place: Mapped[str] = mapped_column(String(PLACE), default="")
    frequency: Mapped[Frequency] = mapped_column(String(10))
    weekday: Mapped[int]
    nth: Mapped[int | None]
    interval: Mapped[int] = mapped_column(default=1)
    starts_on: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    count: Mapped[int | None]
    exceptions: Mapped[frozenset[date]] = mapped_column(Days(), default=frozenset)
    starts: Mapped[time] = mapped_column(Time)
    minutes: Mapped[int]
    timezone: Mapped[str] = mapped_column(String(40), default="Europe/Oslo")
    capacity: Mapped[int | None]
    needs_room: Mapped[bool] = mapped_column(default=False)
    seats: Mapped[int | None]  # how large a room to ask for, where it is not the capacity
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id", ondelete="SET NULL"))  # the one asked first
    minimum: Mapped[int | None]  # fewer than this, and an evening is called off by itself
    decide_hours: Mapped[int | None]  # so long before it begins
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)

    organiser: Mapped[Person | None] = relationship()

    @property
    def rule(self) -> recurrence.Rule:
        """Give the rule as the rules read it."""
        return recurrence.Rule(
            frequency=Frequency(self.frequency),
            weekday=self.weekday,
            nth=self.nth,
            interval=self.interval,
            starts_on=self.starts_on,
            until=self.until,
            count=self.count,
            exceptions=self.exceptions,
        )

    def interval_on(self, day: date) -> tuple[datetime, datetime]:
        """Give the two moments between which the evening of a day lasts."""
        return recurrence.interval_of(day, self.starts, self.minutes, ZoneInfo(self.timezone))

    def end_on(self, last_on: date) -> None:
        """Let no evening come after a day."""
        self.until, self.count = max(last_on, self.starts_on), None


class Evening(Timestamped, Base):
    """One evening, of a series or on its own. What it leaves empty it has from its series."""

    __tablename__ = "evening"
    __table_args__ = (
        UniqueConstraint("series_id", "original_on", name="uq_evening_series_id"),
        CheckConstraint("starts_at < ends_at", name="interval"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("series_id IS NOT NULL OR own_title IS NOT NULL", name="title"),
        CheckConstraint("minimum > 0", name="minimum"),
        CheckConstraint("(minimum IS NULL) = (decides_at IS NULL)", name="decision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(80), unique=True, default=lambda: f"evening-{uuid4()}@tunet")
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    original_on: Mapped[date | None] = mapped_column(Date)  # the day the rule gave it, wherever it was moved
    kind: Mapped[Kind] = mapped_column(String(20))
    own_title: Mapped[str | None] = mapped_column(String(TITLE))
    own_text: Mapped[str | None] = mapped_column(String(TEXT))
    own_place: Mapped[str | None] = mapped_column(String(PLACE))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    capacity: Mapped[int | None]
    needs_room: Mapped[bool] = mapped_column(default=False)
    seats: Mapped[int | None]
    minimum: Mapped[int | None]
    decides_at: Mapped[datetime | None] = mapped_column(index=True)  # when it is settled whether enough come
    decided_at: Mapped[datetime | None]  # when enough came: from then on it will be
    announced_at: Mapped[datetime | None]
    room_place: Mapped[str] = mapped_column(String(PLACE), default="")  # the room that has said yes, in words
    state: Mapped[EveningState] = mapped_column(String(10), default=EveningState.PLANNED)
    reason: Mapped[Reason | None] = mapped_column(String(20))  # why it is called off, where nobody did it
    is_quiet: Mapped[bool] = mapped_column(default=False)  # called off before anybody had signed up: not shown in lists
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    revision: Mapped[int] = mapped_column(default=0)  # the SEQUENCE of what is sent next
    changed_revision: Mapped[int] = mapped_column(default=0)  # invitations older than this are out of date
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    series: Mapped[Series | None] = relationship()
    organiser: Mapped[Person | None] = relationship(foreign_keys=[organiser_id])

    @property
    def title(self) -> str:
        """Give the title."""
        return self.own_title or (self.series.title if self.series else "")

    @property
    def text(self) -> str:
        """Give the text."""
        return self.own_text if self.own_text is not None else (self.series.text if self.series else "")

    @property
    def place(self) -> str:
        """Give what was written about the place."""
        return self.own_place if self.own_place is not None else (self.series.place if self.series else "")

    @property
    def where(self) -> str:
        """Give where it is as far as anybody knows: the room that has said yes, else what was written."""
        return self.room_place or self.place

    @property
    def room_comes(self) -> bool:
        """Tell whether a room is still to be found."""
        return self.needs_room and not self.room_place and not self.is_cancelled

    @property
    def face(self) -> tuple[object, ...]:
        """Give what stands in calendars: when any of it changes, every invitation is out of date."""
        return self.starts_at, self.ends_at, self.title, self.text, self.where, self.room_comes

    @property
    def purpose(self) -> str:
        """Give the word under which its room is booked."""
        return f"evening:{self.id}"

    @property
    def is_cancelled(self) -> bool:
        """Tell whether it will not be."""
        return self.state == EveningState.CANCELLED

    @property
    def wanted_seats(self) -> int:
        """Tell how large a room to ask for."""
        return self.seats or self.capacity or 8

    def has_begun(self, moment: datetime) -> bool:
        """Tell whether it is too late to sign up or to leave."""
        return moment >= self.starts_at

    @property
    def is_undecided(self) -> bool:
        """Tell whether it hangs on how many sign up."""
        return self.minimum is not None and self.decided_at is None and not self.is_cancelled

    def changes(self) -> None:
        """Make every invitation that was sent out of date."""
        self.revision += 1
        self.changed_revision = self.revision
        self.changed_at = clock.now()

    def number_withdrawal(self) -> int:
        """Give the number of a cancellation to one person, and leave a higher one in case they come back."""
        self.revision += 2
        return self.revision - 1

    def move(self, starts_at: datetime, ends_at: datetime) -> None:
        """Give it another time. The room has to say yes anew, and what is to be decided is decided as long before."""
        if self.decides_at:
            self.decides_at += starts_at - self.starts_at
        self.starts_at, self.ends_at, self.room_place = starts_at, ends_at, ""
        self.changes()

    def cancel(self, reason: Reason | None = None) -> None:
        """Call it off."""
        self.state, self.reason = EveningState.CANCELLED, reason
        self.changes()

    def revive(self) -> None:
        """Let it be after all, however few come. The room has to say yes anew."""
        if self.reason == Reason.TOO_FEW:
            self.minimum = self.decides_at = None
        self.state, self.reason, self.is_quiet, self.room_place = EveningState.PLANNED, None, False, ""
        self.changes()
