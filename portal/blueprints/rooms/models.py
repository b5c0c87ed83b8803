"""Rooms, bookings with their ledger, our copy of busy times, and the rows of the embedded calendar."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Time, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.rooms import rules
from portal.blueprints.rooms.ports import Answer, Meeting
from portal.core import clock
from portal.core.db import Base, Timestamped


class BookingState(StrEnum):
    """How far the promise of a room has come."""

    WISHED = "wished"
    HELD = "held"  # kept for somebody who is choosing; the calendar has not been asked
    SENT = "sent"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    RELEASED = "released"


class StepKind(StrEnum):
    """What the ledger of a booking tells."""

    HELD = "held"
    WISHED = "wished"
    TRIED = "tried"
    SENT = "sent"
    CONFIRMED = "confirmed"
    CONFIRMED_BY_CALENDAR = "confirmed_by_calendar"
    DECLINED = "declined"
    TAKEN = "taken"
    REFUSED = "refused"
    DOUBTED = "doubted"
    UNREACHABLE = "unreachable"
    DOUBLED = "doubled"
    UNANSWERED = "unanswered"
    MOVED_OUTSIDE = "moved_outside"
    MOVED_BACK = "moved_back"
    FOLLOWED = "followed"
    VANISHED = "vanished"
    GIVEN_UP = "given_up"
    RELEASED = "released"


OVERLAP = "ex_booking_room_id"
OWN = "meeting:"


class OpenTo(StrEnum):
    """Who may have a room for a quick meeting. Evenings get theirs through whoever organises them."""

    EVERYBODY = "everybody"
    ORGANISERS = "organisers"


class Room(Timestamped, Base):
    """A room that people may meet in."""

    __tablename__ = "room"
    __table_args__ = (
        CheckConstraint("seats > 0", name="seats"),
        UniqueConstraint("address", name="uq_room_address"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(200))
    site: Mapped[str] = mapped_column(String(80), default="")
    floor: Mapped[str] = mapped_column(String(20), default="")
    seats: Mapped[int] = mapped_column(default=8)
    equipment: Mapped[str] = mapped_column(String(300), default="")
    is_bookable: Mapped[bool] = mapped_column(default=True)
    opens_at: Mapped[time] = mapped_column(Time, default=time(7))
    closes_at: Mapped[time] = mapped_column(Time, default=time(23))
    window_days: Mapped[int] = mapped_column(default=rules.WINDOW.days, server_default="180")
    longest_minutes: Mapped[int] = mapped_column(default=int(rules.LONGEST.total_seconds() // 60), server_default="720")
    open_to: Mapped[OpenTo] = mapped_column(String(12), default=OpenTo.EVERYBODY, server_default="everybody")
    busy_seen_at: Mapped[datetime | None]
    busy_problem: Mapped[str] = mapped_column(String(80), default="")

    @property
    def equipment_list(self) -> list[str]:
        """Give the equipment, one piece each."""
        return [piece.strip() for piece in self.equipment.split(",") if piece.strip()]

    @property
    def window(self) -> timedelta:
        """Tell how far ahead it may be booked."""
        return timedelta(days=self.window_days)

    def is_open(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Tell whether it is open through an interval, and may be booked so early and for so long."""
        if starts_at > clock.now() + self.window or ends_at - starts_at > timedelta(minutes=self.longest_minutes):
            return False
        return rules.is_open(
            self.opens_at, self.closes_at, starts_at=clock.wall(starts_at), ends_at=clock.wall(ends_at)
        )


class Booking(Timestamped, Base):
    """The promise of one room in one interval: exactly one meeting outside while it is wanted, none when it is not.

    Another room or another time is another booking of the same purpose; one of them is the current one.
    """

    __tablename__ = "booking"
    __table_args__ = (
        UniqueConstraint("uuid", name="uq_booking_uuid"),
        CheckConstraint("starts_at < ends_at", name="interval"),
        Index(
            "uq_booking_current",
            "purpose",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
        Index("ix_booking_room_id", "room_id", "starts_at"),
        Index("ix_booking_purpose", "purpose"),
        # A trigger on SQLite. A range of one number stands for the room: PostgreSQL then needs no extension.
        ExcludeConstraint(
            (text("int4range(room_id, room_id, '[]')"), "&&"),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name=OVERLAP,
            where=text("is_wanted AND room_id IS NOT NULL"),
        ).ddl_if(dialect="postgresql"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), default=lambda: str(uuid4()))
    purpose: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(120))
    seats: Mapped[int]
    preferred_room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))  # none: no room fits yet
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[BookingState] = mapped_column(String(12), default=BookingState.WISHED)
    held_until: Mapped[datetime | None]
    booked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    own_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    outside_starts_at: Mapped[datetime | None]  # where the calendar has it, when somebody moved it there
    outside_ends_at: Mapped[datetime | None]
    is_wanted: Mapped[bool] = mapped_column(default=True)
    is_current: Mapped[bool] = mapped_column(default=True)
    is_quiet: Mapped[bool] = mapped_column(default=False)  # a later try at a gap: its failing is no news
    tries: Mapped[int] = mapped_column(default=0)
    looks: Mapped[int] = mapped_column(default=0)
    misses: Mapped[int] = mapped_column(default=0)
    doubts: Mapped[int] = mapped_column(default=0)  # how many more times to look for a late commit
    was_free: Mapped[bool] = mapped_column(default=False)  # seen free just before it was sent
    was_moved: Mapped[bool] = mapped_column(default=False)  # moved outside: an old yes may still be showing
    remote_id: Mapped[str] = mapped_column(String(600), default="")
    sent_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]  # known to have no meeting outside any more

    room: Mapped[Room | None] = relationship(foreign_keys=[room_id])
    steps: Mapped[list[BookingStep]] = relationship(order_by="BookingStep.id", cascade="all, delete-orphan")

    @property
    def uid(self) -> str:
        """Give the iCalendar UID of the latest try."""
        return f"portal-{self.uuid}-{self.tries}@tunet"

    @property
    def is_live(self) -> bool:
        """Tell whether the promise still stands."""
        return self.is_wanted and self.state != BookingState.HELD

    @property
    def is_own(self) -> bool:
        """Tell whether it is a meeting without an event."""
        return self.purpose.startswith(OWN)

    @property
    def is_sent(self) -> bool:
        """Tell whether the calendar is known to have it."""
        return self.state in (BookingState.SENT, BookingState.CONFIRMED)

    def is_for(self, *, starts_at: datetime, ends_at: datetime, room_id: int | None) -> bool:
        """Tell whether it already promises what is asked for."""
        same_time = (self.starts_at, self.ends_at) == (starts_at, ends_at)
        return same_time and room_id in (None, self.room_id, self.preferred_room_id)

    def is_at(self, meeting: Meeting) -> bool:
        """Tell whether the calendar has it where we last saw it."""
        return self.stands_at == (meeting.starts_at, meeting.ends_at)

    @property
    def stands_at(self) -> tuple[datetime, datetime]:
        """Give the interval in which the calendar has it: what was promised, unless somebody moved it there."""
        if self.outside_starts_at and self.outside_ends_at:
            return self.outside_starts_at, self.outside_ends_at
        return self.starts_at, self.ends_at

    @property
    def outside_change(self) -> rules.OutsideChange | None:
        """Tell what somebody has done to it in the calendar itself."""
        return rules.outside_change((self.starts_at, self.ends_at), self.stands_at)

    def note(self, kind: StepKind, detail: str = "") -> None:
        """Add a line to the ledger."""
        self.steps.append(BookingStep(kind=kind, detail=detail[:80], at=clock.now()))

    def note_once(self, kind: StepKind, detail: str = "") -> None:
        """Add a line unless the last one says the same: a long outage is one line."""
        if not self.steps or self.steps[-1].kind != kind:
            self.note(kind, detail)

    def begin_try(self) -> None:
        """Write down that the calendar is about to be called. A second try means that the first one is in doubt."""
        if self.tries > 0 and not self.is_sent:
            self.doubts = len(rules.DOUBT_LOOKS)
        self.tries += 1
        if not self.steps or self.steps[-1].kind != StepKind.UNREACHABLE:
            self.note(StepKind.TRIED, str(self.tries))

    def become_doubtful(self, code: str) -> None:
        """Note that nobody knows whether the calendar took the call."""
        if not self.is_sent:
            self.state = BookingState.UNKNOWN
        self.doubts = len(rules.DOUBT_LOOKS)
        self.note(StepKind.DOUBTED, code)

    def become_sent(self, meeting: Meeting) -> None:
        """Note that the calendar has it; the room's answer is another matter."""
        self.remote_id = meeting.remote_id
        self.misses = 0
        if not self.is_sent:
            self.state = BookingState.SENT
            self.sent_at = clock.now()
            self.note(StepKind.SENT)

    def become_confirmed(self, kind: StepKind) -> None:
        """Note the room's yes."""
        self.state, self.answered_at, self.was_moved = BookingState.CONFIRMED, clock.now(), False
        self.note(kind)

    def become_declined(self, kind: StepKind, detail: str = "") -> None:
        """Note a no. What the calendar still has of it is to be removed."""
        self.state, self.answered_at, self.is_wanted = BookingState.DECLINED, clock.now(), False
        self.note(kind, detail)

    def become_unplaced(self) -> None:
        """Note that no room fits; there is nothing outside to remove."""
        self.become_declined(StepKind.DECLINED, "no room")
        self.cleared_at = clock.now()

    def become_given_up(self) -> None:
        """Note that nobody looks for a room any longer."""
        self.state = BookingState.RELEASED
        self.note(StepKind.GIVEN_UP)

    def become_unanswered(self) -> None:
        """Note that the room has been silent for too long."""
        self.state = BookingState.UNKNOWN
        self.note(StepKind.UNANSWERED)

    def note_outside(self, meeting: Meeting) -> None:
        """Note that somebody gave the meeting another time outside, or its own again; the room has to answer anew.

        What was promised stays as it is, until somebody chooses.
        """
        is_back = (self.starts_at, self.ends_at) == (meeting.starts_at, meeting.ends_at)
        self.outside_starts_at = None if is_back else meeting.starts_at
        self.outside_ends_at = None if is_back else meeting.ends_at
        self.state, self.sent_at, self.looks, self.was_moved = BookingState.SENT, clock.now(), 0, True
        self.note(StepKind.MOVED_BACK if is_back else StepKind.MOVED_OUTSIDE)

    def follow_outside(self) -> None:
        """Promise from now on what the calendar has."""
        self.starts_at, self.ends_at = self.stands_at
        self.outside_starts_at = self.outside_ends_at = None
        self.note(StepKind.FOLLOWED)

    def become_wished(self) -> None:
        """Note that whoever held it wants it."""
        self.state, self.held_until = BookingState.WISHED, None
        self.note(StepKind.WISHED)

    def become_let_go(self) -> None:
        """Note that what was held is free again; the calendar was never asked."""
        self.state, self.is_wanted, self.held_until = BookingState.RELEASED, False, None
        self.cleared_at = clock.now()
        self.note(StepKind.RELEASED)

    def become_unwanted(self) -> None:
        """Note that the room is no longer needed."""
        self.is_wanted = False
        self.note(StepKind.GIVEN_UP)

    def become_vanished(self) -> None:
        """Note that somebody removed the meeting outside."""
        self.state, self.is_wanted, self.cleared_at = BookingState.RELEASED, False, clock.now()
        self.note(StepKind.VANISHED)

    def become_cleared(self) -> None:
        """Note that nothing of it is left outside."""
        self.cleared_at = clock.now()
        if self.state != BookingState.DECLINED:
            self.state = BookingState.RELEASED
        self.note(StepKind.RELEASED)


class BookingStep(Base):
    """One line of a booking's ledger; lines are added, never changed."""

    __tablename__ = "booking_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    kind: Mapped[StepKind] = mapped_column(String(24))
    detail: Mapped[str] = mapped_column(String(80), default="")


class BusySpan(Base):
    """Our own copy of when a room is taken, as old as the room's `busy_seen_at`."""

    __tablename__ = "busy_span"
    __table_args__ = (Index("ix_busy_span_room_id", "room_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class EmbeddedMeeting(Base):
    """A meeting in the embedded calendar."""

    __tablename__ = "embedded_meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(36), index=True)
    uid: Mapped[str] = mapped_column(String(120))
    room_address: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    answer: Mapped[Answer] = mapped_column(String(10))
    made_at: Mapped[datetime]


class EmbeddedSlot(Base):
    """Five minutes of a room in the embedded calendar. The primary key is what keeps two meetings apart."""

    __tablename__ = "embedded_slot"

    room_address: Mapped[str] = mapped_column(String(200), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("embedded_meeting.id", ondelete="CASCADE"), index=True)


class LineState(StrEnum):
    """How the line to the calendar stands."""

    UNTRIED = "untried"
    OPEN = "open"
    RESTING = "resting"
    REFUSED = "refused"


class CalendarLine(Base):
    """Whether the calendar is called at all, for one sign-in: what all workers know, and what outlives them."""

    __tablename__ = "calendar_line"

    login: Mapped[str] = mapped_column(String(64), primary_key=True)  # address, user and password, sealed one way
    state: Mapped[LineState] = mapped_column(String(10))
    since: Mapped[datetime]
    next_at: Mapped[datetime]  # while it is shut: when somebody knocks again
    reason: Mapped[str] = mapped_column(String(80), default="")
    knocks: Mapped[int] = mapped_column(default=0)  # in vain, one after the other
    turns: Mapped[int] = mapped_column(default=0)  # how often it has been opened

    @property
    def is_open(self) -> bool:
        """Tell whether the calendar may be called."""
        return self.state == LineState.OPEN

    def become_open(self) -> None:
        """Note that somebody answered."""
        self.state, self.since, self.reason, self.knocks = LineState.OPEN, clock.now(), "", 0
        self.turns += 1

    def become_shut(self, state: LineState, *, reason: str, wait: timedelta) -> None:
        """Leave the calendar in peace for so long."""
        if self.state != state:
            self.state, self.since = state, clock.now()
        self.reason, self.next_at, self.knocks = reason[:80], clock.now() + wait, self.knocks + 1
