"""Every promise beside what stands in the calendar and in the rooms' own calendars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.blueprints.rooms.models import Booking, BookingState
from portal.core.db import db
from tests.exchange_server.client import Remote

SWEEP = 120.0  # seconds: a minute and a half between sweeps, and half a minute for one and for what it sets right
SETTING_RIGHT = 30.0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What stands at the end."""

    promised: int
    given_back: int
    without_room: int  # every room said no, and it was told
    lost: int
    doubled: int
    doubled_too_long: int
    doubled_meanwhile: int
    longest_double: float
    sweep: float  # seconds: how long one sweep was here at the most, until what it found was set right
    orphaned: int
    overlapping: int
    is_settled: bool

    @property
    def is_right(self) -> bool:
        """Tell whether everything is as it was promised."""
        wrong = self.lost + self.doubled + self.doubled_too_long + self.orphaned + self.overlapping
        return wrong == 0 and self.is_settled

    def __str__(self) -> str:
        """Say it in four lines."""
        return (
            f"bookings {self.promised}, given back {self.given_back}, told that no room has time {self.without_room}\n"
            f"doubled meanwhile {self.doubled_meanwhile}, the longest for {self.longest_double:.0f} s;"
            f" one sweep {self.sweep:.0f} s at the most\n"
            f"lost {self.lost}, doubled at the end {self.doubled}, doubled for longer than one sweep"
            f" {self.doubled_too_long}, orphaned {self.orphaned}, overlapping {self.overlapping}\n"
            f"{'at rest' if self.is_settled else 'NOT AT REST'}"
        )


def together(outcomes: Sequence[Outcome]) -> Outcome:
    """Add up what came of several rounds; times are the longest of all."""
    longest = ("longest_double", "sweep")
    parts = [asdict(outcome) for outcome in outcomes]
    summed = {name: (max if name in longest else sum)(part[name] for part in parts) for name in parts[0]}
    return Outcome(**{**summed, "is_settled": all(outcome.is_settled for outcome in outcomes)})


def compare(app: Flask, remote: Remote, *, is_settled: bool, longest_gap: float = 0.0) -> Outcome:
    """Compare. The longest gap between two sweeps counts: on a busy machine a minute and a half is longer."""
    sweep = max(SWEEP, longest_gap + SETTING_RIGHT)
    state, figures = remote.state(), remote.figures()
    by_key = defaultdict(list)
    for meeting in state["meetings"]:
        by_key[next(iter(meeting["extended"].values()))].append(meeting)
    entries = {(entry["room"], entry["uid"]): entry for entry in state["entries"]}
    with app.app_context():
        bookings = list(db.session.scalars(select(Booking).options(selectinload(Booking.room))))
        current = [booking for booking in bookings if booking.is_current]
        kept = {booking.purpose for booking in current if stands(booking, by_key[booking.uuid], entries)}
        wanted = {booking.uuid for booking in bookings if booking.is_wanted}
    given_back = {b.purpose for b in current if b.state == BookingState.RELEASED}
    without_room = {b.purpose for b in current if b.state == BookingState.DECLINED}
    uids = {(a["address"], m["uid"]) for ms in by_key.values() for m in ms for a in m["attendees"]}
    lasted = [*figures["doubles"], *figures["still_doubled"]]
    return Outcome(
        promised=len(current),
        given_back=len(given_back),
        without_room=len(without_room),
        lost=len({b.purpose for b in current} - given_back - without_room - kept),
        doubled=sum(len(meetings) - 1 for meetings in by_key.values() if meetings),
        doubled_too_long=sum(seconds > sweep for seconds in lasted),
        doubled_meanwhile=len(lasted),
        longest_double=max(lasted, default=0.0),
        sweep=sweep,
        orphaned=sum(len(ms) for key, ms in by_key.items() if key not in wanted) + len(entries.keys() - uids),
        overlapping=overlaps(state["entries"]),
        is_settled=is_settled,
    )


def stands(booking: Booking, meetings: list[dict[str, Any]], entries: dict[tuple[str, str], dict[str, Any]]) -> bool:
    """Tell whether a promise is confirmed, its meeting is there, and the room's own calendar holds it at its time."""
    if booking.state != BookingState.CONFIRMED or not booking.is_wanted or booking.room is None:
        return False
    promised = (booking.starts_at, booking.ends_at)
    for meeting in meetings:
        entry = entries.get((booking.room.address, meeting["uid"]))
        if entry and times_of(meeting) == times_of(entry) == promised:
            return True
    return False


def times_of(plain: dict[str, Any]) -> tuple[datetime, datetime]:
    """Give the interval of a meeting or of an entry."""
    return datetime.fromisoformat(plain["starts_at"]), datetime.fromisoformat(plain["ends_at"])


def overlaps(entries: list[dict[str, Any]]) -> int:
    """Count the pairs of neighbours in one room's calendar that share a moment."""
    by_room = defaultdict(list)
    for entry in entries:
        by_room[entry["room"]].append(times_of(entry))
    return sum(earlier[1] > later[0] for times in by_room.values() for earlier, later in pairwise(sorted(times)))
