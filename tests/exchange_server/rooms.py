"""How room mailboxes treat invitations: at once, late, never, without a word."""

from __future__ import annotations

from datetime import timedelta

from tests.exchange_server.store import Attendee, Entry, Meeting, Pending, Room, Store


def invite(store: Store, meeting: Meeting) -> None:
    """Send the meeting, new or changed, to every room it invites.

    Until the room answers anew, the organiser's copy keeps showing the old answer, as Exchange does.
    """
    meeting.is_sent = True
    for room, attendee in _invited(store, meeting):
        store.pending = [w for w in store.pending if (w.meeting_id, w.room) != (meeting.id, room.address)]
        if room.mode == "late":
            due_at = store.now() + timedelta(seconds=room.delay)
            store.pending.append(Pending(due_at=due_at, meeting_id=meeting.id, room=room.address))
        elif room.mode != "never":
            _answer(store, room, meeting, attendee)


def cancel(store: Store, meeting: Meeting) -> None:
    """Tell every invited room that the meeting is off."""
    for room, _ in _invited(store, meeting):
        store.drop_entry(room.address, meeting.uid)


def answer_late(store: Store, wait: Pending) -> None:
    """Let a slow room answer a request that has become due."""
    meeting = store.meetings.get(wait.meeting_id)
    if meeting is None:
        return
    for room, attendee in _invited(store, meeting):
        if room.address == wait.room:
            _answer(store, room, meeting, attendee)


def _invited(store: Store, meeting: Meeting) -> list[tuple[Room, Attendee]]:
    return [(store.rooms[a.address], a) for a in meeting.attendees if a.address in store.rooms]


def _answer(store: Store, room: Room, meeting: Meeting, attendee: Attendee) -> None:
    # The room knows a meeting by its UID: an update first frees the old time, so a declined move loses both.
    store.drop_entry(room.address, meeting.uid)
    is_taken = any(entry.overlaps(meeting.starts_at, meeting.ends_at) for entry in store.entries_of(room.address))
    is_refused = room.answers.pop(0) == "no" if room.answers else _says_no(store, room)
    store.calls["declined by whim"] += is_refused and not is_taken
    if is_taken or is_refused:
        attendee.response = "Decline"
    else:
        # Rooms strip the subject by default and write the organiser's name instead.
        store.add_entry(
            Entry(
                room=room.address,
                uid=meeting.uid,
                starts_at=meeting.starts_at,
                ends_at=meeting.ends_at,
                subject=meeting.mailbox,
            )
        )
        attendee.response = "Unknown" if room.mode == "silent" else "Accept"
    store.touch(meeting)


def _says_no(store: Store, room: Room) -> bool:
    return room.mode == "decline" or store.chance.random() < room.declines
