"""The sweep: everything in the calendar beside everything that was promised, and our copy of busy times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete

from portal.blueprints.rooms import queries, rules
from portal.blueprints.rooms.models import Booking, BookingState, BusySpan
from portal.blueprints.rooms.ports import Answer, BusyTimes, Meeting
from portal.blueprints.rooms.service import answers, placing
from portal.core import clock, live
from portal.core.db import db


def take_stock(meetings: Sequence[Meeting], *, asked_at: datetime, starts_at: datetime, ends_at: datetime) -> None:
    """Compare everything of ours in the calendar with what was promised, and set right what differs.

    Meetings with a key we do not know are left alone: another portal may share the mailbox.
    """
    by_key: dict[str, list[Meeting]] = {}
    for meeting in meetings:
        by_key.setdefault(meeting.key, []).append(meeting)
    for key, booking in queries.bookings_by_uuid(by_key).items():
        _compare(booking, by_key[key])
    for booking in queries.sent_before(asked_at, starts_after=starts_at, starts_before=ends_at):
        if booking.uuid not in by_key:
            placing.enqueue_watch(booking)
    for booking in queries.unfinished(clock.now()):
        if booking.is_wanted:
            placing.enqueue_reserve(booking)
        else:
            placing.enqueue_release(booking)


def note_busy(times: Iterable[BusyTimes], *, ends_at: datetime, seen_at: datetime) -> None:
    """Renew our copy of when rooms are taken; a room that could not be read keeps its old one, and its age."""
    for busy in times:
        room = queries.find_room_at(busy.address)
        if room is None:
            continue
        room.busy_problem = busy.problem[:80]
        if busy.problem:
            continue
        db.session.execute(delete(BusySpan).where(BusySpan.room_id == room.id, BusySpan.starts_at < ends_at))
        spans = {(span.starts_at, span.ends_at) for span in busy.spans}
        db.session.add_all(BusySpan(room_id=room.id, starts_at=first, ends_at=last) for first, last in sorted(spans))
        room.busy_seen_at = seen_at
    live.publish("rooms")


def fill_gaps() -> None:
    """Try again for what no room has said yes to: somebody may have given a room back."""
    for booking in queries.gaps(clock.now()):
        placing.try_next_room(booking, is_quiet=True)


def _compare(booking: Booking, meetings: list[Meeting]) -> None:
    kept, extra = rules.which_to_keep(meetings)
    if kept is None:
        return
    if not booking.is_wanted:
        booking.cleared_at = None
        placing.enqueue_release(booking)
    elif extra or not booking.is_sent:
        booking.doubts = max(booking.doubts, 1)
        placing.enqueue_reserve(booking)
    elif not booking.is_at(kept):
        answers.note_outside_change(booking.id, kept)
    elif (kept.answer is Answer.ACCEPTED) != (booking.state == BookingState.CONFIRMED):
        placing.enqueue_watch(booking)
