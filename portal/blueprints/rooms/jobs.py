"""The jobs that speak to the calendar. What is yielded runs with no transaction open; everything else is a service."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from portal.blueprints.rooms import queries, rules
from portal.blueprints.rooms.adapters import choice, examination
from portal.blueprints.rooms.models import LineState
from portal.blueprints.rooms.ports import (
    Answer,
    CalendarUnavailable,
    Meeting,
    OutcomeUnknown,
    RoomCalendar,
    SignInRefused,
    Wish,
    WishRefused,
)
from portal.blueprints.rooms.service import answers, holding, line, meetings, stock
from portal.blueprints.rooms.service import rooms as room_list
from portal.core import clock
from portal.core.health import Finding, check
from portal.core.jobs import Call, Later, Steps, daily, every, job

BUSY_DAYS = timedelta(days=15)
REST = timedelta(minutes=2)
BREATH = timedelta(seconds=15)  # before what failed once is asked again: somebody waits for what the sweep finds
SWEEP = timedelta(seconds=90)  # what is missing is looked for once more: two minutes from the deed to the word


@job("rooms.reserve")
def reserve(booking_id: int) -> Steps:
    """See to it that the calendar has exactly one meeting for the booking.

    First try: act. Any later one looks first, because the call before it may have gone through.
    """
    _park_while_shut(booking_id)
    attempt = answers.begin_try(booking_id)
    if attempt is None:
        return
    try:
        kept = yield from _one_meeting(booking_id, attempt)
    except OutcomeUnknown as trouble:
        raise Later(answers.note_doubt(booking_id, str(trouble))) from trouble
    except CalendarUnavailable as trouble:
        raise _unreachable(booking_id, trouble, is_try=True) from trouble
    except WishRefused as trouble:
        answers.note_refused(booking_id, str(trouble))
        return
    wait = _note_made(booking_id, attempt, kept)
    if wait is not None:
        raise Later(wait)


def _note_made(booking_id: int, attempt: answers.Attempt, kept: Meeting | None) -> timedelta | None:
    if kept is not None:
        return answers.note_sent(booking_id, kept, was_look=attempt.is_look)
    if attempt.is_look:
        return answers.note_missing(booking_id)
    answers.note_taken(booking_id)
    return None


def _one_meeting(booking_id: int, attempt: answers.Attempt) -> Generator[Call, Any, Meeting | None]:
    """Give the meeting that stands in the calendar; None when the room is taken, or when a mere look finds nothing."""
    calendar, wish = _calendar(), attempt.wish
    if attempt.is_repeat:
        kept, extra = rules.which_to_keep((yield lambda: calendar.find(wish.key)))
        yield from _remove(calendar, extra, beside=kept)
        if extra:
            answers.note_doubled(booking_id, len(extra))
        if kept is not None or attempt.is_look:
            return kept
    if not attempt.was_free:
        if (yield lambda: _is_taken(calendar, wish)):
            return None
        answers.note_free(booking_id)
    made: Meeting = yield lambda: calendar.book(wish)
    return made


@job("rooms.watch")
def watch(booking_id: int) -> Steps:
    """Look for the room's answer, ever more seldom. No single source is trusted when the room is silent."""
    _park_while_shut(booking_id)
    watched = answers.begin_watch(booking_id)
    if watched is None:
        return
    calendar = _calendar()
    booking = watched.booking
    starts_at, ends_at = booking.stands_at
    try:
        kept, _ = rules.which_to_keep((yield lambda: calendar.find(watched.key)))
        stands = False
        if kept and kept.answer is Answer.WAITING and watched.asks_room_calendar:
            stands = yield lambda: _stands_in_room(calendar, watched.room_address, starts_at=starts_at, ends_at=ends_at)
    except CalendarUnavailable as trouble:
        raise _unreachable(booking_id, trouble) from trouble
    wait = _note_seen(booking_id, kept, stands=stands, trusts_accept=watched.trusts_accept)
    if wait is not None:
        raise Later(wait)


def _note_seen(booking_id: int, kept: Meeting | None, *, stands: bool, trusts_accept: bool) -> timedelta | None:
    if kept is None:
        return answers.note_missing(booking_id)
    answers.note_outside_change(booking_id, kept)
    if stands:
        answers.note_answer(booking_id, Answer.ACCEPTED, by_calendar=True)
        return None
    if kept.answer is Answer.DECLINED or (kept.answer is Answer.ACCEPTED and trusts_accept):
        answers.note_answer(booking_id, kept.answer)
        return None
    return answers.note_look(booking_id)


@job("rooms.release")
def release(booking_id: int) -> Steps:
    """Take away whatever the calendar has of a booking that is no longer wanted."""
    _park_while_shut(booking_id)
    key = answers.begin_release(booking_id)
    if key is None:
        return
    calendar = _calendar()
    try:
        meetings = yield lambda: calendar.find(key)
        yield from _remove(calendar, meetings)
    except (OutcomeUnknown, WishRefused) as trouble:
        raise Later(answers.note_doubt(booking_id, str(trouble))) from trouble
    except CalendarUnavailable as trouble:
        raise _unreachable(booking_id, trouble) from trouble
    wait = answers.note_cleared(booking_id)
    if wait is not None:
        raise Later(wait)


@job("rooms.refresh_busy")
@every(timedelta(minutes=5))
def refresh_busy() -> Steps:
    """Renew our copy of busy times: all rooms, two weeks ahead, in one call."""
    addresses = [room.address for room in queries.rooms()]
    if not addresses:
        return
    calendar = _calendar_to_look_at()
    starts_at = clock.at_wall(clock.today(), datetime.min.time())
    ends_at = starts_at + BUSY_DAYS
    seen_at = clock.now()
    try:
        times = yield lambda: calendar.free_busy(addresses, starts_at=starts_at, ends_at=ends_at)
    except CalendarUnavailable as trouble:
        raise _rest(trouble) from trouble
    stock.note_busy(times, ends_at=ends_at, seen_at=seen_at)


@job("rooms.reconcile")
@every(SWEEP)
def reconcile() -> Steps:
    """Compare the calendar with what was promised: doubled, orphaned, moved and deleted meetings come to light here."""
    calendar = _calendar_to_look_at()
    asked_at = clock.now()
    starts_at, ends_at = asked_at - timedelta(hours=1), asked_at + rules.WINDOW
    try:
        meetings = yield lambda: calendar.meetings(starts_at=starts_at, ends_at=ends_at)
    except CalendarUnavailable as trouble:
        raise _rest(trouble) from trouble
    stock.take_stock(meetings, asked_at=asked_at, starts_at=starts_at, ends_at=ends_at)


@job("rooms.fill_gaps")
@every(timedelta(minutes=15))
def fill_gaps() -> None:
    """Try again for nights without a room."""
    stock.fill_gaps()


@job("rooms.take_in")
def take_in() -> Steps:
    """Take in the rooms that the calendar knows and we do not."""
    calendar = _calendar_to_look_at()
    try:
        found = yield lambda: calendar.list_rooms()
    except CalendarUnavailable as trouble:
        raise _rest(trouble) from trouble
    room_list.take_in(found)


@job("rooms.forget_meetings")
@daily(time(4, 50))
def forget_meetings() -> None:
    """Forget whose the meetings of two weeks ago were."""
    meetings.forget_old()


@job("rooms.let_go")
def let_go(booking_id: int) -> None:
    """Free a room that somebody held and did not take."""
    booking = queries.lock_booking(booking_id)
    if booking.held_until is not None and booking.held_until <= clock.now():
        holding.let_go(booking)


@job(line.KNOCK)
def knock() -> Steps:
    """Ask the calendar for next to nothing, alone, while nobody else calls it; whatever waited is due when it answers.

    It forgets what this process remembers first: somebody may have mended it a moment ago, and said so.
    """
    if not line.begin_knock():
        return
    choice.forget()
    calendar = choice.current_calendar()
    try:
        yield lambda: calendar.find(examination.NOBODY)
    except CalendarUnavailable as trouble:
        raise Later(line.note_no_answer(trouble)) from trouble
    line.note_answer()


@check("Rooms")
def calendar_health() -> Finding:
    """Try the calendar, and say in plain words what to mend; a sign-in that was refused is not tried once more."""
    known = line.find_line()
    if known is not None and known.state == LineState.REFUSED:
        since = f" It has been so since {clock.wall(known.since):%d.%m.%Y %H:%M}, and is left in peace."
        return Finding(name="Rooms", is_well=False, words=examination.advice(SignInRefused(known.reason)) + since)
    is_well, words = examination.examine([room.address for room in queries.rooms()])
    return Finding(name="Rooms", is_well=is_well, words=words)


_seen = {"turn": 0}


def _calendar() -> RoomCalendar:
    """Give the calendar. What this process remembers of troubles before the line was opened anew is worth nothing."""
    turn = line.turn()
    if turn != _seen["turn"]:
        choice.forget()
        _seen["turn"] = turn
    return choice.current_calendar()


def _calendar_to_look_at() -> RoomCalendar:
    if line.why_shut():
        raise Later(REST)
    return _calendar()


def _park_while_shut(booking_id: int) -> None:
    shut = line.why_shut()
    if shut:
        answers.note_parked(booking_id, shut.reason)
        raise Later(shut.wait)


def _unreachable(booking_id: int, trouble: CalendarUnavailable, *, is_try: bool = False) -> Later:
    line.note_trouble(trouble)
    return Later(answers.note_unreachable(booking_id, trouble, is_try=is_try))


def _rest(trouble: CalendarUnavailable) -> Later:
    line.note_trouble(trouble)
    return Later(trouble.wait or BREATH)


def _remove(calendar: RoomCalendar, meetings: Sequence[Meeting], *, beside: Meeting | None = None) -> Steps:
    for meeting in meetings:
        is_copy = beside is not None and meeting.uid == beside.uid
        yield lambda meeting=meeting, is_copy=is_copy: calendar.cancel(meeting, quietly=is_copy)  # type: ignore[misc]


def _is_taken(calendar: RoomCalendar, wish: Wish) -> bool:
    seen = calendar.free_busy([wish.room_address], starts_at=wish.starts_at, ends_at=wish.ends_at)
    return any(busy.spans for busy in seen)


def _stands_in_room(calendar: RoomCalendar, address: str, *, starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether the room's own calendar holds exactly our interval, which was free before we asked."""
    seen = calendar.free_busy([address], starts_at=starts_at, ends_at=ends_at)
    return any((span.starts_at, span.ends_at) == (starts_at, ends_at) for busy in seen for span in busy.spans)
