"""Verbs that change the list of rooms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from portal.blueprints.rooms import queries, rules
from portal.blueprints.rooms.models import OpenTo, Room
from portal.blueprints.rooms.ports import FoundRoom
from portal.core import audit, jobs, live
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_

MOST_SEATS = 1000
WINDOW_DAYS = rules.WINDOW.days
LONGEST_MINUTES = int(rules.LONGEST.total_seconds() // 60)
SEATS_OF_A_FOUND_ROOM = 8  # where the calendar tells no size; the room is taken in closed, for somebody to look at


@dataclass(frozen=True, kw_only=True)
class RoomFacts:
    """What an administrator says of a room."""

    name: str
    address: str
    site: str
    floor: str
    seats: int
    equipment: str
    is_bookable: bool
    opens_at: time
    closes_at: time
    window_days: int = WINDOW_DAYS
    longest_minutes: int = LONGEST_MINUTES
    open_to: OpenTo = OpenTo.EVERYBODY


def add_room(known: RoomFacts, *, viewer_id: int) -> Room:
    """Add a room."""
    _check(known, room_id=None)
    room = Room()
    _apply(room, known)
    db.session.add(room)
    db.session.flush()
    audit.note(viewer_id, "rooms.add", room_id=room.id)
    _ask_for_busy_times()
    return room


def change_room(room_id: int, known: RoomFacts, *, viewer_id: int) -> Room:
    """Change a room. One that is no longer bookable keeps the bookings it has."""
    _check(known, room_id=room_id)
    room = queries.get_room(room_id)
    _apply(room, known)
    audit.note(viewer_id, "rooms.change", room_id=room.id)
    _ask_for_busy_times()
    return room


def fetch_rooms(*, viewer_id: int) -> None:
    """Have the calendar's own room lists taken in."""
    audit.note(viewer_id, "rooms.fetch")
    jobs.enqueue("rooms.take_in", key="rooms.take_in")


def take_in(found: Iterable[FoundRoom]) -> int:
    """Take in the rooms that are new, closed for booking until somebody has told their size; give how many."""
    count = 0
    for room in found:
        if queries.find_room_at(room.address) is None:
            db.session.add(_found(room))
            count += 1
    db.session.flush()
    live.publish("rooms")
    return count


def _found(room: FoundRoom) -> Room:
    return Room(
        name=room.name[:80],
        address=room.address.lower(),
        site=room.site[:80],
        floor=room.floor[:20],
        seats=room.seats if 0 < room.seats <= MOST_SEATS else SEATS_OF_A_FOUND_ROOM,
        is_bookable=False,
    )


def _apply(room: Room, known: RoomFacts) -> None:
    room.name, room.address, room.site, room.floor = known.name, known.address.lower(), known.site, known.floor
    room.seats, room.equipment, room.is_bookable = known.seats, known.equipment, known.is_bookable
    room.opens_at, room.closes_at = known.opens_at, known.closes_at
    room.window_days, room.longest_minutes, room.open_to = known.window_days, known.longest_minutes, known.open_to


def _check(known: RoomFacts, *, room_id: int | None) -> None:
    other = queries.find_room_at(known.address)
    if other is not None and other.id != room_id:
        raise Conflict(N_("There is a room with that address already."), field="address")
    if known.closes_at != time(0) and known.opens_at >= known.closes_at:
        raise Invalid(N_("A room closes after it opens."), field="closes_at")


def _ask_for_busy_times() -> None:
    jobs.enqueue("rooms.refresh_busy", key="rooms.refresh_busy")
    live.publish("rooms")
