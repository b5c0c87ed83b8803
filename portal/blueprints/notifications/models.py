"""The inbox, outgoing mail, and what each person chose."""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.notifications import rules
from portal.blueprints.notifications.ports import Delivery
from portal.blueprints.people.models import Person
from portal.core.db import Base, Timestamped


class MailState(StrEnum):
    """How far a mail has come."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # refused for good by the other side; an administrator may try again
    DROPPED = "dropped"  # no longer needed: read in the portal, or the person has left


class Notice(Timestamped, Base):
    """One line in somebody's inbox: ids and short titles, never what was said. A thread has one unread line."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_person_id", "person_id", "told_at", "id"),
        # One unread line a thread, however many hear and answer at once; also what counting the unread ones reads.
        Index(
            "uq_notice_unread",
            "person_id",
            "thread",
            unique=True,
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(String(60))
    thread: Mapped[str] = mapped_column(String(120))
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    endpoint: Mapped[str] = mapped_column(String(80))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    count: Mapped[int] = mapped_column(default=1)
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    is_bundled: Mapped[bool] = mapped_column(default=False)  # waits for the next daily mail

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    actor: Mapped[Person | None] = relationship(foreign_keys=[actor_id])

    @property
    def is_unread(self) -> bool:
        """Tell whether it is new to the person."""
        return self.read_at is None

    def read(self, moment: datetime) -> None:
        """Mark it read; it then needs no mail either."""
        self.read_at = self.read_at or moment


class ToldOnce(Base):
    """Remembers what somebody was told under a key, so that a repeat tells nothing; it outlives the notice."""

    __tablename__ = "told_once"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    told_at: Mapped[datetime] = mapped_column(index=True)


class Mail(Timestamped, Base):
    """One mail to one person: written down before it is sent, and once a key."""

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_state", "state", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(60))
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    calendar: Mapped[bytes | None] = mapped_column(LargeBinary)
    calendar_method: Mapped[str | None] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[MailState] = mapped_column(String(10), default=MailState.WAITING)
    refusal: Mapped[int | None]  # the code with which it was refused; the words of the server may name the person
    sent_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    notice: Mapped[Notice | None] = relationship(foreign_keys=[notice_id])

    @property
    def is_waiting(self) -> bool:
        """Tell whether it is still to be sent."""
        return self.state == MailState.WAITING

    def note_sent(self, moment: datetime) -> None:
        """Remember that it was taken; what it said is not needed any more and goes."""
        self.state, self.sent_at, self.refusal = MailState.SENT, moment, None
        self._forget_words()

    def note_refused(self, code: int) -> None:
        """Remember that it will never be taken."""
        self.state, self.refusal = MailState.FAILED, code

    def drop(self) -> None:
        """Let it be: nobody needs it any more."""
        self.state = MailState.DROPPED
        self._forget_words()

    def wait_again(self) -> None:
        """Put it back among those to be sent, under the same Message-ID."""
        self.state, self.refusal = MailState.WAITING, None

    def _forget_words(self) -> None:
        self.params, self.calendar, self.calendar_method = {}, None, None


class Preference(Base):
    """When one person wants one group of notices by mail."""

    __tablename__ = "notice_preference"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    group: Mapped[str] = mapped_column("group_name", String(40), primary_key=True)
    delivery: Mapped[Delivery] = mapped_column(String(10))


class QuietHours(Base):
    """When one person wants no mail: wall clock in Oslo, and the weekdays on which it begins (0 = Monday)."""

    __tablename__ = "quiet_hours"
    __table_args__ = (CheckConstraint("weekdays > 0 AND weekdays < 128", name="weekdays"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    starts: Mapped[time]
    ends: Mapped[time]
    weekdays: Mapped[int]  # one bit a day

    @property
    def quiet(self) -> rules.Quiet:
        """Give the hours as the rules read them."""
        days = frozenset(day for day in range(7) if self.weekdays & 1 << day)
        return rules.Quiet(starts=self.starts, ends=self.ends, weekdays=days)

    @staticmethod
    def bits(quiet: rules.Quiet) -> int:
        """Write the weekdays as one number."""
        return sum(1 << day for day in quiet.weekdays)
