"""Who comes, and who waits for a seat."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.rules import seats
from portal.blueprints.people.models import Person
from portal.core import rotation
from portal.core.db import Base, Timestamped

NOTE = 300
CODE = 12


class SignUpState(StrEnum):
    """Whether somebody has a seat. Who leaves has no row."""

    IN = "in"
    OFFERED = "offered"  # a seat is kept for them until they answer, or until it goes on
    WAITING = "waiting"


class ShownAs(StrEnum):
    """What colleagues see of somebody who comes."""

    NAME = "name"
    SOMEONE = "someone"
    HIDDEN = "hidden"


class SignUpGroup(Timestamped, Base):
    """Some who want to come together. Whoever has the code from one of them may join; without members it goes."""

    __tablename__ = "sign_up_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    evening_id: Mapped[int] = mapped_column(ForeignKey("evening.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(CODE), unique=True)


class SignUp(Timestamped, Base):
    """Somebody comes, or waits for a seat. Leaving deletes the row."""

    __tablename__ = "sign_up"
    __table_args__ = (
        UniqueConstraint("evening_id", "person_id", name="uq_sign_up_evening_id"),
        UniqueConstraint("evening_id", "position", name="uq_sign_up_position"),
        CheckConstraint(f"guests BETWEEN 0 AND {seats.MOST_GUESTS}", name="guests"),
        CheckConstraint("(state = 'offered') = (offered_until IS NOT NULL)", name="offer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evening_id: Mapped[int] = mapped_column(ForeignKey("evening.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    state: Mapped[SignUpState] = mapped_column(String(10))
    position: Mapped[int]
    guests: Mapped[int] = mapped_column(default=0)  # those whom somebody brings: a number, never names
    offered_until: Mapped[datetime | None]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("sign_up_group.id", ondelete="SET NULL"), index=True)
    keeps_together: Mapped[bool] = mapped_column(default=False)  # would rather wait than come without the group
    shown_as: Mapped[ShownAs] = mapped_column(String(10), default=ShownAs.NAME)
    # For the organisers' eyes, often about health: sealed, and forgotten the day after the evening.
    sealed_note: Mapped[bytes | None] = mapped_column(LargeBinary)
    invited_sequence: Mapped[int | None]  # the SEQUENCE of the last invitation

    evening: Mapped[Evening] = relationship()
    person: Mapped[Person] = relationship()
    group: Mapped[SignUpGroup | None] = relationship()

    @property
    def size(self) -> int:
        """Count the seats it needs: its own and those of its guests."""
        return 1 + self.guests

    @property
    def is_in(self) -> bool:
        """Tell whether it has a seat."""
        return self.state == SignUpState.IN

    @property
    def as_place(self) -> seats.Place:
        """Give it as the rules read it."""
        return seats.Place(
            id=self.id,
            position=self.position,
            standing=seats.Standing(self.state),
            size=self.size,
            group_id=self.group_id if self.keeps_together else None,
        )

    @property
    def note_context(self) -> str:
        """Bind the sealed note to this person at this evening."""
        return f"sign-up:{self.evening_id}:{self.person_id}"

    def needs_invitation(self, evening: Evening) -> bool:
        """Tell whether the person has not been sent how things stand."""
        return self.is_in and (self.invited_sequence is None or self.invited_sequence < evening.changed_revision)

    def has_entry(self, evening: Evening) -> bool:
        """Tell whether the evening stands in the person's calendar, as far as we know: invited, and not called off."""
        if self.invited_sequence is None:
            return False
        return not evening.is_cancelled or self.invited_sequence < evening.changed_revision

    def is_offered(self, moment: datetime) -> bool:
        """Tell whether a seat is kept for it now."""
        return self.offered_until is not None and self.offered_until > moment

    def offer(self, until: datetime) -> None:
        """Keep its seats for it until somebody answers, or until a moment."""
        self.state, self.offered_until = SignUpState.OFFERED, until

    def get_seat(self) -> None:
        """Move up from the line."""
        self.state, self.offered_until = SignUpState.IN, None


rotation.register(SignUp.sealed_note, context=lambda row: row.note_context)
