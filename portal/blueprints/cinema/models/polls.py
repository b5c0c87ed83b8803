"""Film polls: proposals of a film at a time, and who would come to which."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.cinema.rules import ballot
from portal.blueprints.events.models.evenings import Evening
from portal.core import clock
from portal.core.db import Base, Timestamped

TITLE = 120
PLACE = 80
LINK = 300
STEP = timedelta(minutes=5)
IS_CHOSEN = text("is_chosen")


class PollState(StrEnum):
    """How far a poll has come."""

    OPEN = "open"
    TIED = "tied"  # closed; an organiser chooses among those that stand equal
    NOTHING = "nothing"  # closed; nobody could come to anything
    SETTLED = "settled"
    CALLED_OFF = "called_off"


class FilmPoll(Timestamped, Base):
    """Which film, and when? Open until a moment; what wins becomes the evening."""

    __tablename__ = "film_poll"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(TITLE))
    closes_at: Mapped[datetime]
    choose_by: Mapped[datetime | None]  # where it is tied: until then an organiser may choose, then the earliest wins
    state: Mapped[PollState] = mapped_column(String(12), default=PollState.OPEN, index=True)
    # The night of a series that the film is for; where there is none, the one that is made of what wins.
    evening_id: Mapped[int | None] = mapped_column(ForeignKey("evening.id", ondelete="SET NULL"), index=True)
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)

    showings: Mapped[list[Showing]] = relationship(
        order_by="Showing.starts_at, Showing.id", passive_deletes=True, back_populates="poll"
    )
    evening: Mapped[Evening | None] = relationship()

    @property
    def is_open(self) -> bool:
        """Tell whether one can propose and tick."""
        return self.state == PollState.OPEN and clock.now() < self.closes_at

    @property
    def shows_counts(self) -> bool:
        """Tell whether the numbers may be seen: once it is closed and counted, not a moment sooner."""
        return self.state in {PollState.TIED, PollState.SETTLED}

    @property
    def can_open_again(self) -> bool:
        """Tell whether it may be given a later end."""
        return self.state in {PollState.OPEN, PollState.NOTHING}

    @property
    def chosen(self) -> Showing | None:
        """Give what won."""
        return next((showing for showing in self.showings if showing.is_chosen), None)

    @property
    def leaders(self) -> list[Showing]:
        """Give what stands equal at the top, of what can still be reached, the earliest first."""
        counted = [showing.as_entry(showing.ticks or 0) for showing in self.showings]
        leading = {entry.id for entry in ballot.result(counted, clock.now()).leaders}
        return [showing for showing in self.showings if showing.id in leading]


class Showing(Timestamped, Base):
    """A film at a time in a cinema, as somebody proposed it. It is never changed: a tick is for what stood there."""

    __tablename__ = "film_showing"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("price >= 0", name="price"),
        # One night comes of a poll, however often its end is worked through.
        Index("uq_film_showing_chosen", "poll_id", unique=True, sqlite_where=IS_CHOSEN, postgresql_where=IS_CHOSEN),
        # A page that was left open must never tick what got the number of something withdrawn.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("film_poll.id", ondelete="CASCADE"), index=True)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    film: Mapped[str] = mapped_column(String(TITLE))
    link: Mapped[str] = mapped_column(String(LINK), default="")
    place: Mapped[str] = mapped_column(String(PLACE), default="")
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    price: Mapped[int | None]  # øre
    ticks: Mapped[int | None]  # counted once, when the poll closes
    is_chosen: Mapped[bool] = mapped_column(default=False)

    poll: Mapped[FilmPoll] = relationship(back_populates="showings")

    @property
    def ends_at(self) -> datetime:
        """Give when it is over, in the whole steps that evenings have."""
        return self.starts_at + timedelta(minutes=self.minutes) + (-timedelta(minutes=self.minutes) % STEP)

    def as_entry(self, ticks: int) -> ballot.Entry:
        """Give it as the rules read it."""
        return ballot.Entry(id=self.id, starts_at=self.starts_at, ticks=ticks)


class Tick(Base):
    """Somebody would come to this. Seen by nobody, and gone when the poll is settled."""

    __tablename__ = "film_tick"

    showing_id: Mapped[int] = mapped_column(ForeignKey("film_showing.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
