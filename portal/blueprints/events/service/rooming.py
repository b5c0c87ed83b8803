"""The room of an evening when it is not as it should be: another one, another time, Outlook's time, or none."""

from __future__ import annotations

from datetime import datetime

from portal.blueprints.events.facts import EveningMoved, EveningRoomChanged
from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.queries import finding
from portal.blueprints.events.service import wishes
from portal.blueprints.rooms import queries as rooms
from portal.blueprints.rooms import service as room_service
from portal.blueprints.rooms.models import Room
from portal.blueprints.rooms.service import holding, outside
from portal.core import audit, clock, jobs, live
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def take(viewer: Viewer, evening_id: int, *, room_id: int, starts_at: datetime, ends_at: datetime) -> Evening:
    """Take a room instead; where it is at another time, the evening goes with it and everybody is told."""
    evening = _changeable(viewer, evening_id)
    with db.session.begin_nested():  # taken meanwhile: all of it is undone, and the page offers others
        _take(viewer, evening, rooms.get_room(room_id), starts_at, ends_at)
    return _done(viewer, evening, "events.take_room")


def follow_calendar(viewer: Viewer, evening_id: int) -> Evening:
    """Let the evening take the time that somebody gave its meeting in the calendar."""
    evening = _changeable(viewer, evening_id)
    starts_at, ends_at = outside.time_of(evening.purpose)
    outside.follow(evening.purpose)
    _move(viewer, evening, starts_at, ends_at)
    jobs.enqueue("events.settle_room", evening_id=evening.id)
    return _done(viewer, evening, "events.follow_calendar")


def ask_again(viewer: Viewer, evening_id: int) -> Evening:
    """Ask for the room anew, at the time of the evening."""
    evening = _changeable(viewer, evening_id)
    outside.ask_again(evening.purpose)
    jobs.enqueue("events.settle_room", evening_id=evening.id)
    return _done(viewer, evening, "events.ask_for_room_again")


def do_without(viewer: Viewer, evening_id: int) -> Evening:
    """Look for no room any longer."""
    evening = _changeable(viewer, evening_id)
    if evening.needs_room:
        room_service.release(evening.purpose)
        evening.needs_room = False
        if evening.room_place:
            evening.room_place = ""
            evening.changes()
            record(EveningRoomChanged(evening_id=evening.id))
    return _done(viewer, evening, "events.do_without_room")


def _take(viewer: Viewer, evening: Evening, room: Room, starts_at: datetime, ends_at: datetime) -> None:
    _move(viewer, evening, starts_at, ends_at)
    evening.needs_room = True
    booking = room_service.book(
        purpose=evening.purpose,
        title=evening.title,
        starts_at=starts_at,
        ends_at=ends_at,
        seats=min(evening.wanted_seats, room.seats),
        preferred_room_id=room.id,
    )
    if booking.room_id != room.id:
        raise holding.Taken(N_("The room was just taken. These are free:"))


def _changeable(viewer: Viewer, evening_id: int) -> Evening:
    wishes.check_organiser(viewer)
    evening = finding.lock_evening(evening_id)
    if evening.is_cancelled:
        raise Conflict(N_("This evening is called off."))
    if evening.has_begun(clock.now()):
        raise Conflict(N_("It has begun already."))
    return evening


def _move(viewer: Viewer, evening: Evening, starts_at: datetime, ends_at: datetime) -> None:
    if (evening.starts_at, evening.ends_at) == (starts_at, ends_at):
        return
    if starts_at <= clock.now():
        raise Invalid(N_("Choose a time that is still to come."))
    wishes.check_length(ends_at - starts_at)
    wishes.check_start(clock.wall(starts_at).time())
    evening.move(starts_at, ends_at)
    record(EveningMoved(evening_id=evening.id, by_id=viewer.id))


def _done(viewer: Viewer, evening: Evening, act: str) -> Evening:
    audit.note(viewer.id, act, evening_id=evening.id)
    live.publish_all([f"evening-{evening.id}", "evenings"])
    return evening
