"""What the jobs saw in the calendar, noted on the booking. Each verb locks its booking and is harmless to repeat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from portal.blueprints.rooms import facts, queries, rules
from portal.blueprints.rooms.models import Booking, BookingState, Room, StepKind
from portal.blueprints.rooms.ports import Answer, CalendarUnavailable, Meeting, Wish
from portal.blueprints.rooms.service import placing
from portal.core import clock, jobs
from portal.core.facts import record

WAIT_FOR_OLD_SLOT = timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What a job is to do about one booking."""

    wish: Wish
    is_repeat: bool  # the calendar may have it already: look first
    is_look: bool  # the calendar had it: only look for one that was committed late
    was_free: bool  # the room was seen free: nothing was sent before that, and what stands there since may be ours


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What a job looks for: the room's answer."""

    key: str
    room_address: str
    asks_room_calendar: bool  # the room has been silent: see whether the meeting stands in its own calendar
    trusts_accept: bool  # not while an old yes may be showing
    booking: Booking


def begin_try(booking_id: int) -> Attempt | None:
    """Write down that the calendar is about to be called; None when there is nothing (more) to do."""
    booking = queries.lock_booking(booking_id)
    is_over = booking.ends_at <= clock.now()
    if is_over or not booking.is_live or booking.room is None or (booking.is_sent and booking.doubts == 0):
        return None
    if placing.waits_for_old_slot(booking):
        raise jobs.Later(WAIT_FOR_OLD_SLOT)
    booking.begin_try()
    wish = _wish(booking, booking.room)
    return Attempt(wish=wish, is_repeat=booking.tries > 1, is_look=booking.is_sent, was_free=booking.was_free)


def begin_release(booking_id: int) -> str | None:
    """Give the key of what is to be removed outside; None when there is nothing (more) to remove."""
    booking = queries.lock_booking(booking_id)
    if booking.is_wanted or booking.cleared_at is not None:
        return None
    if booking.tries == 0:
        note_cleared(booking_id)
        return None
    return booking.uuid


def begin_watch(booking_id: int) -> Watched | None:
    """Say what to look for; None when nobody waits for an answer any more."""
    booking = queries.lock_booking(booking_id)
    if not booking.is_wanted or booking.sent_at is None or booking.room is None or booking.ends_at <= clock.now():
        return None
    return Watched(
        key=booking.uuid,
        room_address=booking.room.address,
        asks_room_calendar=booking.was_free and booking.looks >= rules.LOOKS_BEFORE_CROSS_CHECK,
        trusts_accept=not booking.was_moved or booking.looks >= rules.LOOKS_BEFORE_STALE_ACCEPT,
        booking=booking,
    )


def note_free(booking_id: int) -> None:
    """Note that the room was seen free just before it was asked."""
    queries.lock_booking(booking_id).was_free = True


def note_taken(booking_id: int) -> None:
    """Note that the room was seen taken before it was asked: the next one is tried without bothering it."""
    placing.decline(queries.lock_booking(booking_id), StepKind.TAKEN)


def note_refused(booking_id: int, code: str) -> None:
    """Note that the calendar said no to the meeting itself."""
    placing.decline(queries.lock_booking(booking_id), StepKind.REFUSED, code)


def note_doubt(booking_id: int, code: str) -> timedelta:
    """Note that a change was sent and nobody knows whether it happened; tell how long to wait before looking."""
    booking = queries.lock_booking(booking_id)
    booking.become_doubtful(code)
    placing.changed(booking)
    return rules.next_try(booking.tries)


def note_unreachable(booking_id: int, trouble: CalendarUnavailable, *, is_try: bool = False) -> timedelta:
    """Note that the calendar does not answer; tell how long to wait. A try that asked nobody does not count."""
    booking = queries.lock_booking(booking_id)
    booking.note_once(StepKind.UNREACHABLE, str(trouble))
    if not trouble.was_asked:
        booking.tries -= is_try
        return trouble.wait or rules.next_try(1)
    # Who only looks or cleans has waited for nothing: what stands doubled meanwhile is not to stand for minutes.
    again = rules.next_try(booking.tries) if booking.is_wanted and not booking.is_sent else rules.DOUBT_LOOKS[0]
    return max(trouble.wait or timedelta(), again)


def note_parked(booking_id: int, code: str) -> None:
    """Note that the calendar is left in peace: the booking waits until it answers somebody."""
    booking = queries.lock_booking(booking_id)
    is_unfinished = not booking.is_sent if booking.is_wanted else booking.cleared_at is None
    if code and is_unfinished:
        booking.note_once(StepKind.UNREACHABLE, code)


def note_doubled(booking_id: int, count: int) -> None:
    """Note that the calendar had more than one meeting, and that the others were removed."""
    queries.lock_booking(booking_id).note(StepKind.DOUBLED, str(count))


def note_sent(booking_id: int, meeting: Meeting, *, was_look: bool = False) -> timedelta | None:
    """Note that the calendar has the meeting; tell when to look again for one that was committed late."""
    booking = queries.lock_booking(booking_id)
    if not booking.is_wanted:
        # Given up while the call was under way: whatever the call made is to be removed.
        booking.cleared_at = None
        placing.enqueue_release(booking)
        return None
    booking.become_sent(meeting)
    if was_look and booking.doubts:
        booking.doubts -= 1
    if meeting.answer is Answer.WAITING:
        placing.enqueue_watch(booking, wait=rules.next_look(0))
    else:
        note_answer(booking_id, meeting.answer)
    placing.changed(booking)
    return rules.DOUBT_LOOKS[-booking.doubts] if booking.doubts else None


def note_answer(booking_id: int, answer: Answer, *, by_calendar: bool = False) -> None:
    """Note what the room has said. After a no, the next room that fits is asked."""
    booking = queries.lock_booking(booking_id)
    if not booking.is_wanted:
        return
    if answer is Answer.ACCEPTED and booking.state != BookingState.CONFIRMED:
        booking.become_confirmed(StepKind.CONFIRMED_BY_CALENDAR if by_calendar else StepKind.CONFIRMED)
        placing.let_go_of_others(booking)
        if booking.outside_change is None:
            record(facts.BookingConfirmed(booking_id=booking.id, purpose=booking.purpose))
        placing.changed(booking)
    elif answer is Answer.DECLINED:
        placing.decline(booking, StepKind.DECLINED)


def note_look(booking_id: int) -> timedelta:
    """Note that the room has not answered yet; tell when to look again. Somebody is told when patience is over."""
    booking = queries.lock_booking(booking_id)
    booking.looks += 1
    booking.misses = 0
    sent_at = booking.sent_at or booking.created_at
    is_over = rules.is_patience_over(sent_at=sent_at, starts_at=booking.starts_at, now=clock.now())
    if is_over and booking.state == BookingState.SENT:
        booking.become_unanswered()
        record(facts.BookingUnanswered(booking_id=booking.id, purpose=booking.purpose))
        placing.changed(booking)
    return rules.next_look(booking.looks)


def note_missing(booking_id: int) -> timedelta | None:
    """Note that the calendar does not show the meeting; believed when it is so twice. Tell when to look again."""
    booking = queries.lock_booking(booking_id)
    booking.misses += 1
    if booking.misses < rules.MISSES_BEFORE_GONE:
        return rules.DOUBT_LOOKS[0]
    booking.become_vanished()
    record(facts.BookingVanished(booking_id=booking.id, purpose=booking.purpose))
    placing.changed(booking)
    return None


def note_cleared(booking_id: int) -> timedelta | None:
    """Note that nothing is left outside; tell when to look again if a late commit may still come."""
    booking = queries.lock_booking(booking_id)
    if booking.is_wanted or booking.cleared_at is not None:
        return None
    if booking.doubts:
        booking.doubts -= 1
        return rules.DOUBT_LOOKS[-booking.doubts - 1]
    was_told = booking.state == BookingState.RELEASED
    booking.become_cleared()
    if booking.state == BookingState.RELEASED and not was_told:
        record(facts.BookingReleased(booking_id=booking.id, purpose=booking.purpose))
    placing.changed(booking)
    return None


def note_outside_change(booking_id: int, meeting: Meeting) -> None:
    """Note the time that somebody gave the meeting in the calendar itself; what was promised waits for a choice."""
    booking = queries.lock_booking(booking_id)
    if not booking.is_wanted or booking.is_at(meeting):
        return
    booking.note_outside(meeting)
    fact = facts.BookingMovedOutside if booking.outside_change else facts.BookingMovedBack
    record(fact(booking_id=booking.id, purpose=booking.purpose))
    placing.enqueue_watch(booking, wait=rules.next_look(0))
    placing.changed(booking)


def _wish(booking: Booking, room: Room) -> Wish:
    return Wish(
        key=booking.uuid,
        uid=booking.uid,
        room_address=room.address,
        room_name=room.name,
        title=booking.title,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
    )
