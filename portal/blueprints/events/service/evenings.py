"""One evening: made, moved, reworded, called off, and its room."""

from __future__ import annotations

from datetime import timedelta

from portal.blueprints.events.facts import (
    EveningCancelled,
    EveningMoved,
    EveningPlanned,
    EveningRestored,
    EveningReworded,
    EveningRoomChanged,
)
from portal.blueprints.events.models.evenings import Evening, Reason
from portal.blueprints.events.queries import attendance, finding
from portal.blueprints.events.service import line, wishes
from portal.blueprints.events.service.wishes import EveningWish, Words
from portal.blueprints.rooms import queries as rooms
from portal.blueprints.rooms import service as room_service
from portal.blueprints.rooms.models import BookingState
from portal.core import audit, clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def plan(viewer: Viewer, wish: EveningWish) -> Evening:
    """Make an evening that belongs to no series."""
    wishes.check_organiser(viewer)
    words = wishes.checked(wish.words)
    _check(wish)
    evening = Evening(
        kind=wish.kind,
        own_title=words.title,
        own_text=words.details,
        own_place=words.place,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        capacity=wish.capacity,
        needs_room=wish.needs_room,
        seats=wish.seats,
        organiser_id=viewer.id,
    )
    _hang_on(evening, wish)
    settle(evening)
    audit.note(viewer.id, "events.plan", evening_id=evening.id)
    return evening


def settle(evening: Evening) -> None:
    """Put a new evening in its place: written down, its room asked for, everybody who listens told."""
    db.session.add(evening)
    db.session.flush()
    _ask_room(evening)
    record(EveningPlanned(evening_id=evening.id))
    line.publish(evening)


def change(viewer: Viewer, evening_id: int, wish: EveningWish) -> Evening:
    """Move, reword or resize one evening; the rest of its series stays as it is."""
    wishes.check_organiser(viewer)
    words = wishes.checked(wish.words)
    _check(wish)
    evening = finding.lock_evening(evening_id)
    _check_changeable(evening)
    is_moved = (evening.starts_at, evening.ends_at) != (wish.starts_at, wish.ends_at)
    is_reworded = words_of(evening, accepts=words.accepts) != words
    face = evening.face
    _reword(evening, words)
    if is_moved:
        evening.move(wish.starts_at, wish.ends_at)
    _ask_for(evening, wish, is_moved=is_moved)
    if evening.face != face and not is_moved:
        evening.changes()
    evening.capacity = wish.capacity
    _hang_on(evening, wish)
    db.session.flush()
    line.settle(evening)
    if is_moved:
        record(EveningMoved(evening_id=evening.id, by_id=viewer.id))
    elif is_reworded:
        record(EveningReworded(evening_id=evening.id))
    elif evening.face != face:
        record(EveningRoomChanged(evening_id=evening.id))
    audit.note(viewer.id, "events.change", evening_id=evening.id)
    line.publish(evening)
    return evening


def cancel(viewer: Viewer, evening_id: int) -> Evening:
    """Call one evening off: everybody who signed up is told, and the room is given back. Twice is harmless."""
    wishes.check_organiser(viewer)
    evening = finding.lock_evening(evening_id)
    if evening.is_cancelled:
        return evening
    _check_changeable(evening)
    call_off(evening, by_id=viewer.id)
    audit.note(viewer.id, "events.cancel", evening_id=evening.id)
    return evening


def call_off(evening: Evening, *, by_id: int | None = None, reason: Reason | None = None) -> None:
    """Let an evening not be: those who signed up are told, and the room is given back. It must be locked."""
    evening.cancel(reason)
    db.session.flush()
    if evening.needs_room:
        room_service.release(evening.purpose)
    record(EveningCancelled(evening_id=evening.id, by_id=by_id))
    line.publish(evening)


def withdraw(viewer: Viewer, evening_id: int) -> Evening:
    """Call one evening off; where nobody has signed up it goes quietly, out of the lists as well."""
    evening = finding.lock_evening(evening_id)
    if not evening.is_cancelled:
        is_quiet = not attendance.sign_ups(evening_id)
        evening = cancel(viewer, evening_id)
        evening.is_quiet = is_quiet
    return evening


def restore(viewer: Viewer, evening_id: int) -> Evening:
    """Let an evening be after all. Who had signed up has kept their place, and is told. Twice is harmless."""
    wishes.check_organiser(viewer)
    evening = finding.lock_evening(evening_id)
    if not evening.is_cancelled:
        return evening
    if evening.has_begun(clock.now()):
        raise Conflict(N_("It has begun already."))
    evening.revive()
    db.session.flush()
    _ask_room(evening)
    line.settle(evening)
    record(EveningRestored(evening_id=evening.id, by_id=viewer.id))
    audit.note(viewer.id, "events.restore", evening_id=evening.id)
    line.publish(evening)
    return evening


def settle_room(evening_id: int) -> None:
    """Look at what the room has said, and let the invitations follow when the place has changed."""
    evening = finding.lock_evening(evening_id)
    place = _room_in_words(evening)
    if evening.is_cancelled or place == evening.room_place:
        return
    evening.room_place = place
    evening.changes()
    record(EveningRoomChanged(evening_id=evening.id))
    line.publish(evening)


def words_of(evening: Evening, *, accepts: bool = False) -> Words:
    """Give what is written about an evening now."""
    return Words(title=evening.title, details=evening.text, place=evening.place, accepts=accepts)


def _hang_on(evening: Evening, wish: EveningWish) -> None:
    """Let it hang on how many come, or not any more; once it is settled that it will be, that stands."""
    if evening.decided_at or evening.has_begun(clock.now()):
        return
    decides_at = wish.starts_at - timedelta(hours=wish.decide_hours) if wish.minimum else None
    if decides_at and decides_at <= clock.now():
        raise Invalid(N_("That moment has passed. Choose fewer hours before it begins."), field="decide_hours")
    evening.minimum, evening.decides_at = wish.minimum, decides_at


def _check(wish: EveningWish) -> None:
    wishes.check_seats(capacity=wish.capacity, seats=wish.seats)
    wishes.check_minimum(wish.minimum, wish.decide_hours, capacity=wish.capacity)
    wishes.check_length(wish.ends_at - wish.starts_at)
    wishes.check_start(clock.wall(wish.starts_at).time())
    if wish.starts_at <= clock.now():
        raise Invalid(N_("Choose a time that is still to come."), field="day")


def _check_changeable(evening: Evening) -> None:
    if evening.is_cancelled:
        raise Conflict(N_("This evening is called off."))
    if evening.has_begun(clock.now()):
        raise Conflict(N_("It has begun already."))


def _reword(evening: Evening, words: Words) -> None:
    """Keep as its own only what differs from the series, so that the rest follows when the series is reworded."""
    series = evening.series
    evening.own_title = None if series and words.title == series.title else words.title
    evening.own_text = None if series and words.details == series.text else words.details
    evening.own_place = None if series and words.place == series.place else words.place


def _ask_for(evening: Evening, wish: EveningWish, *, is_moved: bool) -> None:
    had_room, grows = evening.needs_room, (wish.seats or wish.capacity or 0) > evening.wanted_seats
    evening.needs_room, evening.seats = wish.needs_room, wish.seats
    if had_room and not wish.needs_room:
        room_service.release(evening.purpose)
        evening.room_place = ""
    elif wish.needs_room and (is_moved or not had_room or grows):
        evening.capacity = wish.capacity
        _ask_room(evening)


def _ask_room(evening: Evening) -> None:
    if evening.needs_room:
        room_service.book(
            purpose=evening.purpose,
            title=evening.title,
            starts_at=evening.starts_at,
            ends_at=evening.ends_at,
            seats=evening.wanted_seats,
            preferred_room_id=evening.series.room_id if evening.series else None,
        )


def _room_in_words(evening: Evening) -> str:
    booking = rooms.bookings_of([evening.purpose]).get(evening.purpose) if evening.needs_room else None
    if booking is None or booking.room is None:
        return ""
    # Somebody gave its meeting other hours in Outlook: it said yes before, and is believed until it says no.
    if booking.state != BookingState.CONFIRMED and not (booking.was_moved and booking.is_sent):
        return ""
    first, last = booking.stands_at
    if not first <= evening.starts_at < last:
        return ""  # somebody moved the meeting in Outlook: the room is ours at another time
    return ", ".join(part for part in (booking.room.name, booking.room.site) if part)
