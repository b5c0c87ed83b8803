"""Reading rooms, bookings and our copy of busy times. Nothing here asks a calendar."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.blueprints.rooms import rules
from portal.blueprints.rooms.models import (
    OWN,
    Booking,
    BookingState,
    BusySpan,
    CalendarLine,
    LineState,
    OpenTo,
    Room,
)
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.paging import Page, keyset
from portal.core.settings import current_settings

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OurSpan = tuple[int | None, datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A part of a day in which a room is taken; `is_ours` when it is a booking of the portal's."""

    starts_at: datetime
    ends_at: datetime
    is_ours: bool


@dataclass(frozen=True, kw_only=True)
class RoomRow:
    """One room over several days: when it is taken on each. Without `seen_at` nobody knows."""

    room: Room
    days: tuple[tuple[Taken, ...], ...]
    seen_at: datetime | None
    is_stale: bool


@dataclass(frozen=True, kw_only=True)
class Instead:
    """A room and a time near what could not be had, and in which way it differs."""

    way: str
    room: Room
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Start:
    """A time of the day at which what is sought could begin."""

    starts_at: datetime
    slot: str  # what a press on it sends back, after the room: «2026-11-26T16:00:00+00:00@60»


@dataclass(frozen=True, kw_only=True)
class Cell:
    """An hour of a room; `free` when what is sought could begin then, `short` when it could not last."""

    state: str  # free | short | busy | mine | closed
    start: Start


@dataclass(frozen=True, kw_only=True)
class GridRow:
    """A room through a day."""

    room: Room
    cells: tuple[Cell, ...]
    free: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, kw_only=True)
class DayGrid:
    """All rooms through a day."""

    starts: tuple[Start, ...]
    rows: tuple[GridRow, ...]
    seen_at: datetime | None  # how old our copy is


def get_room(room_id: int) -> Room:
    """Give a room."""
    room = db.session.get(Room, room_id)
    if room is None:
        raise NotFound(N_("That room does not exist."))
    return room


def find_room_at(address: str) -> Room | None:
    """Find a room by its address."""
    return db.session.scalar(select(Room).where(Room.address == address.lower()))


def rooms() -> Sequence[Room]:
    """Give the rooms that can be booked."""
    return db.session.scalars(_by_name().where(Room.is_bookable)).all()


def all_rooms() -> Sequence[Room]:
    """Give every room, for administrators."""
    return db.session.scalars(_by_name()).all()


def window_of(room_id: int | None) -> timedelta:
    """Tell how far ahead a room may be booked; without a room, how far ahead any of them may be."""
    if room_id is not None:
        return get_room(room_id).window
    longest = db.session.scalar(select(func.max(Room.window_days)).where(Room.is_bookable))
    return rules.WINDOW if longest is None else timedelta(days=longest)


def _by_name() -> Select[Room]:
    return select(Room).order_by(Room.site, Room.floor, Room.name)


def get_booking(booking_id: int) -> Booking:
    """Give a booking."""
    booking = db.session.get(Booking, booking_id)
    if booking is None:
        raise NotFound(N_("That booking does not exist."))
    return booking


def lock_booking(booking_id: int) -> Booking:
    """Give a booking as it is now, and keep others from changing it until the transaction ends."""
    fresh = select(Booking).where(Booking.id == booking_id).with_for_update(of=Booking)
    booking = db.session.scalar(fresh.execution_options(populate_existing=True))
    if booking is None:
        raise NotFound(N_("That booking does not exist."))
    return booking


def booking_of(purpose: str) -> Booking | None:
    """Find the booking that counts for a purpose, such as «evening:12»."""
    return db.session.scalar(select(Booking).where(Booking.purpose == purpose, Booking.is_current))


def bookings_of(purposes: Iterable[str]) -> dict[str, Booking]:
    """Find the bookings that count for many purposes, with their rooms, in one query."""
    counting = select(Booking).where(Booking.purpose.in_(list(purposes)), Booking.is_current)
    return {booking.purpose: booking for booking in db.session.scalars(counting.options(joinedload(Booking.room)))}


def wanted_of(purpose: str) -> Sequence[Booking]:
    """Give every booking of a purpose that is still wanted: the current one and those it is to replace."""
    mine = select(Booking).where(Booking.purpose == purpose, Booking.is_wanted)
    return db.session.scalars(mine.order_by(Booking.id)).all()


def uncleared_of(purpose: str, *, room_id: int | None) -> Sequence[Booking]:
    """Give the bookings of a purpose in a room that are to be removed and are not removed yet."""
    unwanted = (~Booking.is_wanted, Booking.cleared_at.is_(None))
    mine = (Booking.purpose == purpose, Booking.room_id == room_id)
    return db.session.scalars(select(Booking).where(*mine, *unwanted)).all()


def bookings_by_uuid(keys: Iterable[str]) -> dict[str, Booking]:
    """Find bookings by the key that their meetings carry."""
    found = db.session.scalars(select(Booking).where(Booking.uuid.in_(list(keys))).options(selectinload(Booking.room)))
    return {booking.uuid: booking for booking in found}


def sent_before(moment: datetime, *, starts_after: datetime, starts_before: datetime) -> Sequence[Booking]:
    """Give the wanted bookings that the calendar should have by now."""
    is_sent = Booking.state.in_((BookingState.SENT, BookingState.CONFIRMED, BookingState.UNKNOWN))
    in_window = (Booking.starts_at > starts_after, Booking.starts_at < starts_before)
    return db.session.scalars(
        select(Booking).where(Booking.is_wanted, is_sent, Booking.sent_at < moment, *in_window)
    ).all()


def unfinished(now: datetime) -> Sequence[Booking]:
    """Give the bookings whose last word is not spoken: not known to be sent, or to be removed and not removed yet."""
    open_ends = or_(
        Booking.is_wanted & (Booking.state != BookingState.HELD) & Booking.sent_at.is_(None) & (Booking.ends_at > now),
        ~Booking.is_wanted & Booking.cleared_at.is_(None),
    )
    return db.session.scalars(select(Booking).where(open_ends)).all()


def gaps(now: datetime) -> Sequence[Booking]:
    """Give the current bookings that no room has said yes to and that lie ahead."""
    return db.session.scalars(
        select(Booking).where(
            Booking.is_current, Booking.state == BookingState.DECLINED, Booking.starts_at > now + rules.STEP
        )
    ).all()


def bookings(*, cursor: str | None = None, size: int = 50) -> Page[Booking]:
    """Give bookings with room and ledger, newest first."""
    query = select(Booking).options(selectinload(Booking.room), selectinload(Booking.steps))
    return keyset(query, Booking.id, cursor=cursor, size=size)


def refused_room_ids(purpose: str, *, starts_at: datetime, ends_at: datetime) -> frozenset[int]:
    """Give the rooms that have lately said no to a purpose at a time; a no of this morning may be a yes now."""
    found = db.session.scalars(
        select(Booking.room_id).where(
            Booking.purpose == purpose,
            Booking.state == BookingState.DECLINED,
            Booking.starts_at == starts_at,
            Booking.ends_at == ends_at,
            Booking.room_id.is_not(None),
            Booking.answered_at > clock.now() - rules.A_NO_LASTS,
        )
    )
    return frozenset(room_id for room_id in found if room_id is not None)


def offers(
    *,
    starts_at: datetime,
    ends_at: datetime,
    but_for: str = "",
    chosen_room_id: int | None = None,
    is_own: bool = False,
) -> list[rules.Offer]:
    """Give every bookable room as a candidate for an interval.

    `but_for` names a purpose whose own bookings do not stand in its way. `is_own`: it is somebody's own meeting, for
    which only the rooms that are open to everybody come into question, and the one that was chosen.
    """
    taken = _taken_room_ids(starts_at=starts_at, ends_at=ends_at, but_for=but_for)
    return [
        rules.Offer(
            room_id=room.id,
            name=room.name,
            seats=room.seats,
            site=room.site,
            floor=room.floor,
            is_open=room.is_open(starts_at, ends_at)
            and (not is_own or room.open_to == OpenTo.EVERYBODY or room.id == chosen_room_id),
            is_free=room.id not in taken,
        )
        for room in rooms()
    ]


def _taken_room_ids(*, starts_at: datetime, ends_at: datetime, but_for: str) -> set[int]:
    own = {(b.room_id, *b.stands_at) for b in _uncleared(but_for)} if but_for else set()
    taken = {
        b.room_id for b in _bookings_touching(starts_at, ends_at) if b.purpose != but_for and b.room_id is not None
    }
    return taken | {s.room_id for s in _busy_touching(starts_at, ends_at) if tuple(s) not in own}


def _uncleared(purpose: str) -> Sequence[Booking]:
    return db.session.scalars(select(Booking).where(Booking.purpose == purpose, Booking.cleared_at.is_(None))).all()


# Two weeks of fifty rooms are seven hundred spans: their columns are a quarter of the work of seven hundred objects.
def _bookings_touching(starts_at: datetime, ends_at: datetime) -> Sequence[Row[int | None, datetime, datetime, str]]:
    ours = select(Booking.room_id, Booking.starts_at, Booking.ends_at, Booking.purpose).where(Booking.is_wanted)
    return db.session.execute(ours.where(Booking.starts_at < ends_at, Booking.ends_at > starts_at)).all()


def _busy_touching(starts_at: datetime, ends_at: datetime) -> Sequence[Row[int, datetime, datetime]]:
    theirs = select(BusySpan.room_id, BusySpan.starts_at, BusySpan.ends_at)
    return db.session.execute(theirs.where(BusySpan.starts_at < ends_at, BusySpan.ends_at > starts_at)).all()


def room_times(day: date, known: Iterable[Room], *, but_for: str = "", is_own: bool = False) -> list[rules.RoomTimes]:
    """Give rooms on a day, in two questions; a purpose does not stand in its own way."""
    starts_at, ends_at = clock.at_wall(day, time(0)), clock.at_wall(day + timedelta(days=1), time(0))
    own = {(b.room_id, *b.stands_at) for b in _uncleared(but_for)} if but_for else set()
    taken = _taken_by_room(starts_at, ends_at)
    horizon = clock.now()
    return [
        rules.RoomTimes(
            room_id=room.id,
            name=room.name,
            seats=room.seats,
            site=room.site,
            floor=room.floor,
            opens_at=clock.at_wall(day, room.opens_at),
            closes_at=min(ends_at if room.closes_at == time(0) else clock.at_wall(day, room.closes_at), ends_at),
            longest=timedelta(minutes=room.longest_minutes),
            taken=tuple(
                (t.starts_at, t.ends_at) for t in taken.get(room.id, []) if (room.id, t.starts_at, t.ends_at) not in own
            ),
        )
        for room in known
        if starts_at <= horizon + room.window and not (is_own and room.open_to != OpenTo.EVERYBODY)
    ]


def alternatives(
    *, starts_at: datetime, ends_at: datetime, seats: int, room_id: int | None = None, purpose: str = ""
) -> list[Instead]:
    """Give what is free near a time that cannot be had: each with its room."""
    times = room_times(clock.wall(starts_at).date(), rooms(), but_for=purpose, is_own=purpose.startswith(OWN))
    sought = rules.Sought(starts_at=starts_at, ends_at=ends_at, seats=seats, room_id=room_id, not_before=clock.now())
    found = rules.alternatives(times, sought)
    return [Instead(way=a.way, room=get_room(a.room_id), starts_at=a.starts_at, ends_at=a.ends_at) for a in found]


def day_grid(day: date, *, length: timedelta, minute: int = 0, but_for: str = "") -> DayGrid:
    """Give every room on a day, hour by hour at a minute: where something could begin, and when each is free."""
    known = {room.id: room for room in rooms()}
    times, now = room_times(day, known.values(), but_for=but_for), clock.now()
    mine: set[OurSpan] = {(b.room_id, *b.stands_at) for b in wanted_of(but_for)} if but_for else set()
    starts = _starts(times, length, minute)
    return DayGrid(
        starts=starts,
        rows=tuple(
            GridRow(
                room=known[each.room_id],
                cells=tuple(
                    Cell(state=_cell(each, start.starts_at, length, now=now, mine=mine), start=start)
                    for start in starts
                ),
                free=tuple(each.free_spans(now)),
            )
            for each in times
        ),
        seen_at=max((room.busy_seen_at for room in known.values() if room.busy_seen_at), default=None),
    )


def _starts(times: Sequence[rules.RoomTimes], length: timedelta, minute: int) -> tuple[Start, ...]:
    first = min((each.opens_at for each in times), default=None)
    last = max((each.closes_at for each in times), default=None)
    hours = [first + HOUR * n for n in range(-((first - last) // HOUR))] if first and last else []
    asked = [hour.replace(minute=minute) for hour in hours]
    return tuple(Start(starts_at=each, slot=f"{each.isoformat()}@{length // MINUTE}") for each in asked)


def _cell(
    times: rules.RoomTimes, hour: datetime, length: timedelta, *, now: datetime, mine: Collection[OurSpan]
) -> str:
    here = (span[1:] for span in mine if span[0] == times.room_id)
    if any(rules.overlaps(first, last, hour, hour + HOUR) for first, last in here):
        return "mine"
    if hour < now or not rules.covers((times.opens_at, times.closes_at), (hour, hour + rules.STEP)):
        return "closed"
    if times.is_free(hour, hour + length):
        return "free"
    return "short" if times.is_free(hour, hour + min(HOUR, length)) else "busy"


def resting_since() -> datetime | None:
    """Tell since when the calendar has not answered, or has refused us; None when all is well, or it is our own."""
    if current_settings().calendar == "embedded":
        return None
    line = db.session.scalar(select(CalendarLine).order_by(CalendarLine.since.desc()).limit(1))
    return line.since if line and line.state in (LineState.RESTING, LineState.REFUSED) else None


def availability(*, first_day: date, days: int = 14) -> list[RoomRow]:
    """Give every bookable room over some days, from our own copy and our own bookings."""
    midnights = [clock.at_wall(first_day + timedelta(days=n), time(0)) for n in range(days + 1)]
    taken = _taken_by_room(midnights[0], midnights[-1])
    stale = clock.now() - rules.STALE_AFTER
    return [
        RoomRow(
            room=room,
            days=tuple(_by_day(taken.get(room.id, []), midnights)),
            seen_at=room.busy_seen_at,
            is_stale=room.busy_seen_at is None or room.busy_seen_at < stale,
        )
        for room in rooms()
    ]


def _taken_by_room(starts_at: datetime, ends_at: datetime) -> dict[int, list[Taken]]:
    found: dict[int, dict[tuple[datetime, datetime], Taken]] = {}
    for room_id, first, last in _busy_touching(starts_at, ends_at):
        found.setdefault(room_id, {})[first, last] = Taken(starts_at=first, ends_at=last, is_ours=False)
    # Second, so that a meeting of ours which the calendar shows as well counts as ours.
    for booked_id, first, last, _purpose in _bookings_touching(starts_at, ends_at):
        if booked_id is not None:
            found.setdefault(booked_id, {})[first, last] = Taken(starts_at=first, ends_at=last, is_ours=True)
    return {room_id: sorted(by_time.values(), key=lambda t: t.starts_at) for room_id, by_time in found.items()}


def _by_day(taken: Iterable[Taken], midnights: Sequence[datetime]) -> list[tuple[Taken, ...]]:
    days: list[list[Taken]] = [[] for _midnight in midnights[1:]]
    for each in taken:
        first, after = bisect_right(midnights, each.starts_at) - 1, bisect_left(midnights, each.ends_at)
        for day in days[max(first, 0) : after]:
            day.append(each)
    return [tuple(day) for day in days]
