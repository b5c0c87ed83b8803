"""Pure decisions about rooms and time: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from portal.blueprints.rooms.ports import Answer, Meeting

STEP = timedelta(minutes=5)  # bookings begin and end on whole steps; the embedded calendar keeps one row a step
LONGEST = timedelta(hours=12)
WINDOW = timedelta(days=180)  # room mailboxes look no further ahead by default
QUICK_LOOKS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
SLOW_LOOKS = (60.0, 120.0, 300.0, 600.0, 900.0)
PATIENCE = timedelta(hours=24)
DOUBT_LOOKS = (timedelta(seconds=5), timedelta(seconds=30))  # a late commit lands within these, or the sweep finds it
LOOKS_BEFORE_CROSS_CHECK = 3
LOOKS_BEFORE_STALE_ACCEPT = 3
MISSES_BEFORE_GONE = 2
A_NO_LASTS = timedelta(hours=6)
SHIFTS = 4  # an alternative lies at most twenty minutes away
SHORTEST = timedelta(minutes=30)
JUST_BEGUN = timedelta(minutes=15)  # a meeting that is wanted now may have begun a moment ago
STALE_AFTER = timedelta(minutes=20)
# Directories lock an account after a handful of refusals within half an hour; one knock per hour stays well below.
SIGN_IN_REST = timedelta(hours=1)
FIRST_KNOCK = timedelta(seconds=5)
LONGEST_KNOCK = timedelta(seconds=80)  # what has waited through an outage is to be done five minutes after it
PARKED = timedelta(minutes=10)  # whoever knocks wakes all that waits; this is for when nobody does


Interval = tuple[datetime, datetime]


class OutsideChange(StrEnum):
    """What somebody did to a meeting in the calendar itself."""

    MOVED = "moved"
    SHORTENED = "shortened"
    LENGTHENED = "lengthened"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A room as a candidate for one booking."""

    room_id: int
    name: str
    seats: int
    site: str
    floor: str
    is_open: bool
    is_free: bool


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a booking asks of a room."""

    seats: int
    preferred_room_id: int | None = None
    refused_room_ids: frozenset[int] = frozenset()


def overlaps(starts_at: datetime, ends_at: datetime, other_starts_at: datetime, other_ends_at: datetime) -> bool:
    """Tell whether two half-open intervals share a moment; back to back they do not."""
    return starts_at < other_ends_at and other_starts_at < ends_at


def is_interval(starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether a booking may last from one moment to another: on whole steps, and not for too long."""
    return starts_at < ends_at <= starts_at + LONGEST and is_on_step(starts_at) and is_on_step(ends_at)


def covers(outer: Interval, inner: Interval) -> bool:
    """Tell whether an interval holds all of another."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def inward(starts_at: datetime, ends_at: datetime) -> Interval:
    """Give the whole steps within an interval: somebody may have put a meeting at any minute in the calendar."""
    first = starts_at - (starts_at - starts_at.replace(minute=0, second=0, microsecond=0)) % STEP
    last = ends_at - (ends_at - ends_at.replace(minute=0, second=0, microsecond=0)) % STEP
    return (first if first == starts_at else first + STEP), last


def outside_change(promised: Interval, seen: Interval) -> OutsideChange | None:
    """Tell what became of a promised time in the calendar; None when nothing did."""
    if promised == seen:
        return None
    if covers(promised, seen):
        return OutsideChange.SHORTENED
    return OutsideChange.LENGTHENED if covers(seen, promised) else OutsideChange.MOVED


def is_open(opens_at: time, closes_at: time, *, starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether a room is open through an interval of wall-clock time on one day; 00:00 as closing is midnight."""
    closes_late = closes_at == time(0)
    same_day = starts_at.date() == ends_at.date()
    until_midnight = ends_at.time() == time(0) and ends_at.date() == starts_at.date() + timedelta(days=1)
    if starts_at.time() < opens_at or not (same_day or until_midnight):
        return False
    return closes_late or (same_day and ends_at.time() <= closes_at)


def is_on_step(moment: datetime) -> bool:
    """Tell whether a moment lies on a whole step."""
    return moment.second == 0 and moment.microsecond == 0 and moment.minute % (STEP // timedelta(minutes=1)) == 0


def steps_between(starts_at: datetime, ends_at: datetime) -> list[datetime]:
    """Give the beginning of every step that an interval touches."""
    first = starts_at - timedelta(
        minutes=starts_at.minute % (STEP // timedelta(minutes=1)),
        seconds=starts_at.second,
        microseconds=starts_at.microsecond,
    )
    count = -((first - ends_at) // STEP)
    return [first + STEP * number for number in range(count)]


@dataclass(frozen=True, kw_only=True)
class RoomTimes:
    """A room on one day: when it is open, and when it is taken."""

    room_id: int
    name: str
    seats: int
    site: str
    floor: str
    opens_at: datetime
    closes_at: datetime
    longest: timedelta
    taken: tuple[Interval, ...] = ()

    def is_free(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Tell whether one may have it through an interval."""
        is_open = covers((self.opens_at, self.closes_at), (starts_at, ends_at)) and ends_at - starts_at <= self.longest
        return is_open and not any(overlaps(starts_at, ends_at, *each) for each in self.taken)

    def free_spans(self, after: datetime) -> list[Interval]:
        """Give when it is free from a moment on, until it closes."""
        moment, spans = max(self.opens_at, after), []
        for starts_at, ends_at in sorted(self.taken):
            if moment < starts_at:
                spans.append((moment, min(starts_at, self.closes_at)))
            moment = max(moment, ends_at)
        if moment < self.closes_at:
            spans.append((moment, self.closes_at))
        return [span for span in spans if span[0] < span[1]]


class Way(StrEnum):
    """What an alternative gives up."""

    EARLIER = "earlier"
    LATER = "later"
    ELSEWHERE = "elsewhere"
    SMALLER = "smaller"
    SHORTER = "shorter"


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """A room and a time near what was wished for."""

    way: Way
    room_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What alternatives are to be near: a time, seats, and the room that was asked, which is not offered again."""

    starts_at: datetime
    ends_at: datetime
    seats: int
    room_id: int | None = None
    not_before: datetime


def alternatives(rooms: Sequence[RoomTimes], sought: Sought) -> list[Alternative]:
    """Give what is nearest of each kind: a little earlier or later, another room, a smaller one, a shorter time."""
    asked = next((room for room in rooms if room.room_id == sought.room_id), None)
    ranked = sorted(rooms, key=lambda room: _farness(room, asked))
    fitting = [room for room in ranked if room.seats >= sought.seats or room is asked]
    smaller = sorted((room for room in rooms if room.seats < sought.seats), key=lambda room: -room.seats)
    others = [room for room in fitting if room is not asked]
    starts_at, ends_at = sought.starts_at, sought.ends_at
    sooner = [(starts_at - STEP * n, ends_at - STEP * n) for n in range(1, SHIFTS + 1)]
    later = [(starts_at + STEP * n, ends_at + STEP * n) for n in range(1, SHIFTS + 1)]
    here = _first_free(Way.ELSEWHERE, others, [(starts_at, ends_at)], sought)
    found = [
        here,
        _first_free(Way.EARLIER, fitting, sooner, sought),
        _first_free(Way.LATER, fitting, later, sought),
        None if here else _first_free(Way.SMALLER, smaller, [(starts_at, ends_at)], sought),
        None if here else _first_free(Way.SHORTER, fitting, _shorter(starts_at, ends_at), sought),
    ]
    return [each for each in found if each]


def _farness(room: RoomTimes, asked: RoomTimes | None) -> tuple[bool, bool, bool, int, str]:
    if asked is None:
        return (False, False, False, room.seats, room.name)
    return (room is not asked, room.site != asked.site, room.floor != asked.floor, room.seats, room.name)


def _shorter(starts_at: datetime, ends_at: datetime) -> list[Interval]:
    cuts = range(1, (ends_at - max(starts_at + (ends_at - starts_at) / 2, starts_at + SHORTEST)) // STEP + 1)
    return [each for n in cuts for each in ((starts_at, ends_at - STEP * n), (starts_at + STEP * n, ends_at))]


def _first_free(
    way: Way, rooms: Sequence[RoomTimes], intervals: Sequence[Interval], sought: Sought
) -> Alternative | None:
    for starts_at, ends_at in intervals:
        for room in rooms:
            if starts_at >= sought.not_before and room.is_free(starts_at, ends_at):
                return Alternative(way=way, room_id=room.room_id, starts_at=starts_at, ends_at=ends_at)
    return None


def choose_room(offers: Iterable[Offer], need: Need) -> int | None:
    """Give the room to ask next: the preferred one, else the smallest that seats everybody, near the preferred."""
    ranked = rank_rooms(offers, need)
    return ranked[0].room_id if ranked else None


def rank_rooms(offers: Iterable[Offer], need: Need) -> list[Offer]:
    """Give the rooms that can be asked, best first. Somebody's own choice may be too small; ours may not."""
    known = list(offers)
    preferred = next((offer for offer in known if offer.room_id == need.preferred_room_id), None)
    fitting = [
        offer
        for offer in known
        if offer.is_open
        and offer.is_free
        and offer.room_id not in need.refused_room_ids
        and (offer.seats >= need.seats or offer is preferred)
    ]
    return sorted(fitting, key=lambda offer: _distance(offer, preferred))


def _distance(offer: Offer, preferred: Offer | None) -> tuple[bool, bool, bool, int, str]:
    if preferred is None:
        return (False, False, False, offer.seats, offer.name)
    is_elsewhere = offer.site != preferred.site
    return (offer is not preferred, is_elsewhere, offer.floor != preferred.floor, offer.seats, offer.name)


def next_look(looks: int) -> timedelta:
    """Tell how long to wait before asking again whether the room has answered."""
    waits = QUICK_LOOKS + SLOW_LOOKS
    return timedelta(seconds=waits[min(looks, len(waits) - 1)])


def next_try(tries: int) -> timedelta:
    """Tell how long to wait before the next try at a calendar that fails: from 1 s, doubling, at most 5 minutes."""
    return timedelta(seconds=min(2.0 ** min(max(tries - 1, 0), 10), 300.0))


def next_knock(knocks: int) -> timedelta:
    """Tell how long to wait before the next knock at a calendar that is down."""
    doubled: timedelta = FIRST_KNOCK * 2 ** min(knocks, 10)
    return min(doubled, LONGEST_KNOCK)


def is_patience_over(*, sent_at: datetime, starts_at: datetime, now: datetime) -> bool:
    """Tell whether a room has been silent for so long that a person should know."""
    return now >= min(sent_at + PATIENCE, starts_at)


def which_to_keep(meetings: Sequence[Meeting]) -> tuple[Meeting | None, list[Meeting]]:
    """Of meetings with one key, keep what the room accepted, else what may yet be, and the oldest of those.

    A room knows a meeting by its UID. A no to one copy takes all of them out of its calendar, so that a yes to another
    copy is worth nothing: the no is what is kept, and seen.
    """
    order = (Answer.ACCEPTED, Answer.WAITING, Answer.DECLINED)
    refused = {m.uid for m in meetings if m.answer is Answer.DECLINED}

    def worth(meeting: Meeting) -> tuple[bool, int, datetime, str]:
        is_dropped = meeting.uid in refused and meeting.answer is not Answer.DECLINED
        return is_dropped, order.index(meeting.answer), meeting.made_at, meeting.remote_id

    ranked = sorted(meetings, key=worth)
    return (ranked[0], ranked[1:]) if ranked else (None, [])
