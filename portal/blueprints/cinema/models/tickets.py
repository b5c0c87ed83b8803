"""Seats that one has bought for all: what each owes whom. Numbers and ticks only; no money passes through here."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.people.models import Person
from portal.core.db import Base, Timestamped

PHONE = 20


class Order(Timestamped, Base):
    """What one has paid for all, and the number to pay it back to."""

    __tablename__ = "film_order"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evening_id: Mapped[int] = mapped_column(ForeignKey("evening.id", ondelete="CASCADE"), unique=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    amount: Mapped[int]  # øre: for each seat, or for all of them
    is_each: Mapped[bool] = mapped_column(default=True)
    phone: Mapped[str] = mapped_column(String(PHONE))

    buyer: Mapped[Person] = relationship()
    shares: Mapped[list[Share]] = relationship(order_by="Share.id", passive_deletes=True, back_populates="order")

    @property
    def seats(self) -> int:
        """Count the seats."""
        return sum(share.seats for share in self.shares)

    @property
    def total(self) -> int:
        """Give what all of it costs."""
        return sum(share.amount for share in self.shares)

    @property
    def is_begun(self) -> bool:
        """Tell whether somebody else has paid, by one of the two ticks."""
        return any(share.is_touched for share in self.shares if share.person_id != self.buyer_id)

    def share_of(self, person_id: int) -> Share | None:
        """Give the part of a person."""
        return next((share for share in self.shares if share.person_id == person_id), None)


class Share(Base):
    """One person's part in the seats."""

    __tablename__ = "film_share"
    __table_args__ = (
        UniqueConstraint("order_id", "person_id", name="uq_film_share_order_id"),
        CheckConstraint("seats > 0", name="seats"),
        CheckConstraint("amount >= 0", name="amount"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("film_order.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    seats: Mapped[int]
    amount: Mapped[int]  # øre
    says_paid: Mapped[bool] = mapped_column(default=False)  # their own tick
    has_come: Mapped[bool] = mapped_column(default=False)  # the buyer's

    order: Mapped[Order] = relationship(back_populates="shares")

    @property
    def is_touched(self) -> bool:
        """Tell whether one of the two has said that it is paid."""
        return self.says_paid or self.has_come
