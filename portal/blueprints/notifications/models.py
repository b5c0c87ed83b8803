"""The inbox, outgoing mail, and what each person chose."""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.notifications import rules
from portal.blueprints.notifications.ports import Delivery, Way
from portal.blueprints.people.models import Person
from portal.core.db import Base, Timestamped

NEWS, BUNDLE = "notice", "digest"  # kinds of mails that take their words from notices; slices send others


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
        # What the worker looks through for mails whose time has come: only notices that wait for one stand in it.
        Index(
            "ix_notice_mail_at",
            "mail_at",
            sqlite_where=text("mail_at IS NOT NULL"),
            postgresql_where=text("mail_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(String(60))
    thread: Mapped[str] = mapped_column(String(120))
    page: Mapped[str] = mapped_column(String(24), index=True)
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    endpoint: Mapped[str] = mapped_column(String(80))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    count: Mapped[int] = mapped_column(default=1)
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    way: Mapped[Way] = mapped_column(String(10), default=Way.NONE)
    mail_at: Mapped[datetime | None]  # when the worker looks at it; empty while it is being mailed, and afterwards
    veils: Mapped[str] = mapped_column(Text, default="")  # marks of nameless acts: see service/veils.py

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    actor: Mapped[Person | None] = relationship(foreign_keys=[actor_id])

    @property
    def is_unread(self) -> bool:
        """Tell whether it is new to the person."""
        return self.read_at is None

    def read(self, moment: datetime) -> None:
        """Mark it read; it then needs no mail either."""
        self.read_at = self.read_at or moment


class MailLine(Base):
    """How much of a notice a mail has told of. What has come since then is still to be mailed."""

    __tablename__ = "mail_line"

    mail_id: Mapped[int] = mapped_column(ForeignKey("mail.id", ondelete="CASCADE"), primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True, index=True)
    count: Mapped[int]


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
    page: Mapped[str | None] = mapped_column(String(24))  # of a mail about one page: what it tells stands in notices
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

    @property
    def is_bundle(self) -> bool:
        """Tell whether it tells of what came together."""
        return self.kind == BUNDLE

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


class Scope(StrEnum):
    """What a choice is about."""

    GROUP = "group"
    KIND = "kind"  # otherwise than its group


class Choice(Base):
    """When one person wants a group of notices by mail, or one kind of them otherwise than its group."""

    __tablename__ = "notice_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    scope: Mapped[Scope] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    delivery: Mapped[Delivery] = mapped_column(String(10))


class QuietSpan(Base):
    """Hours of the week in which one person wants no mail: wall clock in Oslo, from the weekdays that begin them."""

    __tablename__ = "quiet_span"
    __table_args__ = (
        CheckConstraint("weekdays > 0 AND weekdays < 128", name="weekdays"),
        CheckConstraint("ends_on >= 0 AND ends_on < 7", name="ends_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    weekdays: Mapped[int]  # one bit a day, 1 = Monday
    starts: Mapped[time]
    ends: Mapped[time]
    ends_on: Mapped[int | None]  # empty: the next time that the clock shows the end

    @property
    def span(self) -> rules.Span:
        """Give the hours as the rules read them."""
        days = frozenset(day for day in range(7) if self.weekdays & 1 << day)
        return rules.Span(starts=self.starts, ends=self.ends, weekdays=days, ends_on=self.ends_on)

    @staticmethod
    def of(person_id: int, span: rules.Span) -> QuietSpan:
        """Make the row of some hours."""
        bits = sum(1 << day for day in span.weekdays)
        return QuietSpan(person_id=person_id, weekdays=bits, starts=span.starts, ends=span.ends, ends_on=span.ends_on)


class QuietUntil(Base):
    """The moment until which one person wants no mail, whatever the week says."""

    __tablename__ = "quiet_until"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    until: Mapped[datetime]
