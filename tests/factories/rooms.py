"""Rooms for tests."""

from __future__ import annotations

from itertools import count

from portal.blueprints.rooms.models import Room
from portal.core.db import db

_numbers = count(1)


def make_room(name: str = "Fjell", *, seats: int = 8, **values: object) -> Room:
    """Make a room that can be booked."""
    number = next(_numbers)
    values = {"address": f"rom-{number}@example.org", "site": "Bygg A", "floor": "3", **values}
    room = Room(name=name, seats=seats, **values)
    db.session.add(room)
    db.session.flush()
    return room
