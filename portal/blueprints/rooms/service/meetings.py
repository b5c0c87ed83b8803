"""Meetings without an event: any colleague books a room, within quotas, and nobody outside sees whose it is or what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from portal.blueprints.people.facts import PersonLeft
from portal.blueprints.people.models import Person
from portal.blueprints.rooms import queries, rules
from portal.blueprints.rooms import service as booking_service
from portal.blueprints.rooms.models import OWN, Booking, BookingState, OpenTo
from portal.blueprints.rooms.service import holding, outside, placing
from portal.core import audit, clock, patient_data, privacy
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.facts import on
from portal.core.i18n import N_
from portal.core.settings import current_settings
from portal.core.viewer import Viewer

NAME = 80
FORGET_AFTER = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class MeetingWish:
    """A meeting as somebody wants it. `accepts`: no number in its name is an identity number."""

    starts_at: datetime
    ends_at: datetime
    seats: int
    room_id: int | None = None
    name: str = ""
    accepts: bool = False


def arrange(viewer: Viewer, wish: MeetingWish, *, key: str) -> Booking:
    """Book a room for a meeting of one's own. The same form sent twice gives one booking."""
    known = queries.booking_of(OWN + key)
    if known is not None and holding.find_own(viewer, known).is_live:
        return known
    name = _checked_name(wish)
    _check_time(wish)
    _lock(viewer.id)
    _check_quota(viewer, wish)
    if wish.room_id is not None:
        _check_room(viewer, wish)
    with db.session.begin_nested():  # taken meanwhile: what was held is held still
        return _book(viewer, wish, known, purpose=OWN + key, name=name)


def cancel(viewer: Viewer, booking_id: int) -> None:
    """Give a room back. Twice is harmless."""
    booking = get_own(viewer, booking_id)
    holding.let_go(booking)
    booking_service.release(booking.purpose)
    audit.note(viewer.id, "rooms.cancel", booking_id=booking_id)


def shorten(viewer: Viewer, booking_id: int, *, ends_at: datetime) -> Booking:
    """Let a meeting end earlier; what it no longer needs is free for others."""
    booking = get_own(viewer, booking_id)
    if not booking.is_live or not booking.starts_at < ends_at < booking.ends_at:
        raise Conflict(N_("It cannot end then."))
    if booking.starts_at <= clock.now():
        raise Conflict(N_("It has begun already."))
    return change(viewer, booking_id, room_id=booking.room_id, starts_at=booking.starts_at, ends_at=ends_at)


def change(viewer: Viewer, booking_id: int, *, room_id: int | None, starts_at: datetime, ends_at: datetime) -> Booking:
    """Give a meeting another room or another time: what is nearest, in one press."""
    booking = get_own(viewer, booking_id)
    wish = MeetingWish(starts_at=starts_at, ends_at=ends_at, seats=booking.seats, room_id=room_id)
    _check_time(wish)
    _check_quota(viewer, wish, but_for=booking.purpose)
    if room_id is not None:
        _check_room(viewer, wish)
    with db.session.begin_nested():
        return _place(viewer, wish, purpose=booking.purpose, name=booking.own_name)


def follow_calendar(viewer: Viewer, booking_id: int) -> Booking:
    """Take the time that somebody gave the meeting in the calendar."""
    return outside.follow(get_own(viewer, booking_id).purpose)


def ask_again(viewer: Viewer, booking_id: int) -> Booking:
    """Ask for the room anew."""
    return outside.ask_again(get_own(viewer, booking_id).purpose)


def get_own(viewer: Viewer, booking_id: int) -> Booking:
    """Give a booking to the one whose it is; to nobody else does it exist."""
    booking = queries.get_booking(booking_id)
    current = queries.booking_of(booking.purpose) if booking.is_own else None
    if current is None:
        raise NotFound(N_("That booking does not exist."))
    return holding.find_own(viewer, current)


def meetings_of(person_id: int, *, now: datetime) -> Sequence[Booking]:
    """Give somebody's own meetings that are not over, the next one first: also those that no room has said yes to."""
    ahead = (Booking.is_current, Booking.ends_at > now, Booking.is_wanted | (Booking.state == BookingState.DECLINED))
    return db.session.scalars(_own(person_id).where(*ahead).order_by(Booking.starts_at, Booking.id)).all()


def all_meetings_of(person_id: int) -> Sequence[Booking]:
    """Give every booking that is somebody's own."""
    return db.session.scalars(_own(person_id).order_by(Booking.id)).all()


def export_meetings(person_id: int) -> list[dict[str, str]]:
    """Give somebody's own meetings for their own eyes."""
    return [
        {
            "starts_at": booking.starts_at.isoformat(),
            "ends_at": booking.ends_at.isoformat(),
            "room": booking.room.name if booking.room else "",
            "name": booking.own_name,
            "state": booking.state,
        }
        for booking in all_meetings_of(person_id)
    ]


def forget_old() -> None:
    """Forget whose the meetings of two weeks ago were, and what they were called."""
    is_old = (Booking.booked_by_id.is_not(None), Booking.ends_at < clock.now() - FORGET_AFTER)
    for booking in db.session.scalars(select(Booking).where(*is_old)):
        booking.booked_by_id, booking.own_name = None, ""


@on(PersonLeft)
def give_back_rooms(fact: PersonLeft) -> None:
    """Give back the rooms of somebody who has left."""
    for booking in meetings_of(fact.person_id, now=clock.now()):
        holding.let_go(booking)
        booking_service.release(booking.purpose)


def erase(person_id: int) -> None:
    """Give back the rooms of a person, and forget that they were theirs."""
    give_back_rooms(PersonLeft(person_id=person_id))
    for booking in all_meetings_of(person_id):
        booking.booked_by_id, booking.own_name = None, ""


def _own(person_id: int) -> Select[Booking]:
    return select(Booking).where(Booking.booked_by_id == person_id).options(selectinload(Booking.room))


def _lock(person_id: int) -> None:
    """Let nobody book for somebody else's quota at the same moment: two forms of one person come after each other."""
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def _book(viewer: Viewer, wish: MeetingWish, held: Booking | None, *, purpose: str, name: str) -> Booking:
    same = held is not None and (held.room_id, held.starts_at, held.ends_at) == (
        wish.room_id,
        wish.starts_at,
        wish.ends_at,
    )
    if held is not None and held.state == BookingState.HELD and same:
        held.own_name = name
        return placing.place_held(held, purpose=purpose, title=holding.TITLE, seats=wish.seats)
    if held is not None:
        holding.let_go(held)
        db.session.flush()
    return _place(viewer, wish, purpose=purpose, name=name)


def _place(viewer: Viewer, wish: MeetingWish, *, purpose: str, name: str) -> Booking:
    booking = placing.place(
        Booking(
            purpose=purpose,
            title=holding.TITLE,
            seats=wish.seats,
            preferred_room_id=wish.room_id,
            starts_at=wish.starts_at,
            ends_at=wish.ends_at,
            booked_by_id=viewer.id,
            own_name=name,
        ),
        stays=True,
    )
    if booking.room_id is None or (wish.room_id is not None and booking.room_id != wish.room_id):
        raise holding.Taken(N_("The room was just taken. These are free:"))
    return booking


def _checked_name(wish: MeetingWish) -> str:
    name = " ".join(wish.name.replace("\x00", "").split())
    if len(name) > NAME:
        raise Invalid(N_("That is too long."), field="name")
    return patient_data.clean(name, field="name", viewer_accepts=wish.accepts)


def _check_time(wish: MeetingWish) -> None:
    if wish.ends_at <= clock.now() or wish.starts_at < clock.now() - rules.JUST_BEGUN:
        raise Invalid(N_("Choose a time that is still to come."), field="starts")
    if not rules.is_interval(wish.starts_at, wish.ends_at):
        raise Invalid(N_("A booking begins and ends on whole five minutes."), field="starts")


def _check_room(viewer: Viewer, wish: MeetingWish) -> None:
    room = queries.get_room(wish.room_id or 0)
    if room.open_to == OpenTo.ORGANISERS and not viewer.may("events.organise"):
        raise NotAllowed(N_("Only organisers may book this room."))
    if not room.is_bookable or not room.is_open(wish.starts_at, wish.ends_at):
        raise Invalid(N_("The room is not open then, or not for so long."), field="starts")


def _check_quota(viewer: Viewer, wish: MeetingWish, *, but_for: str = "") -> None:
    mine = [b for b in meetings_of(viewer.id, now=clock.now()) if b.purpose != but_for]
    mine = [b for b in mine if b.state != BookingState.HELD]
    if len(mine) >= current_settings().meetings_ahead:
        raise Conflict(N_("You have as many meetings ahead as one can have. Give one back first."))
    week = clock.wall(wish.starts_at).isocalendar()[:2]
    same_week = [b for b in all_meetings_of(viewer.id) if _is_in(b, week) and b.purpose != but_for]
    used = sum((b.ends_at - b.starts_at for b in same_week), wish.ends_at - wish.starts_at)
    if used > timedelta(hours=current_settings().meeting_hours):
        raise Conflict(N_("That would be more hours in one week than one can have. The rooms are for all of us."))


def _is_in(booking: Booking, week: Sequence[int]) -> bool:
    is_meant = booking.is_wanted and booking.is_current and booking.state != BookingState.HELD
    return is_meant and clock.wall(booking.starts_at).isocalendar()[:2] == tuple(week)


privacy.register(
    "rooms",
    what=N_("Meetings without an event for which you have booked a room, and what you called them"),
    seen_by=N_("You alone. Others see that the room is taken, and the calendar shows neither whose nor what."),
    kept=N_("Two weeks after the meeting, or until your account is erased"),
    tables=("booking",),
    export=export_meetings,
    erase=erase,
)
