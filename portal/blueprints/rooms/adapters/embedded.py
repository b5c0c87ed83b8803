"""The embedded calendar: in our own database, no server needed. A room that is free says yes at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from portal.blueprints.rooms import rules
from portal.blueprints.rooms.models import EmbeddedMeeting, EmbeddedSlot, Room
from portal.blueprints.rooms.ports import Answer, BusyTimes, FoundRoom, Meeting, Span, Wish
from portal.core import clock
from portal.core.db import db, transaction


class EmbeddedCalendar:
    """Keeps meetings apart by one row for every five minutes of a room, whose primary key allows no second one."""

    def list_rooms(self) -> Sequence[FoundRoom]:
        """Give the rooms of the house: there is no other list of them."""
        with transaction():
            rooms = db.session.execute(select(Room.address, Room.name).order_by(Room.name)).all()
        return [FoundRoom(address=address, name=name) for address, name in rooms]

    def free_busy(self, addresses: Sequence[str], *, starts_at: datetime, ends_at: datetime) -> Sequence[BusyTimes]:
        """Tell when rooms are taken."""
        with transaction():
            return [
                BusyTimes(address=address, spans=_spans(address, starts_at=starts_at, ends_at=ends_at))
                for address in addresses
            ]

    def book(self, wish: Wish) -> Meeting:
        """Take the room if it is free; the answer is there at once."""
        with transaction():
            row = EmbeddedMeeting(
                key=wish.key,
                uid=wish.uid,
                room_address=wish.room_address,
                starts_at=wish.starts_at,
                ends_at=wish.ends_at,
                answer=Answer.ACCEPTED,
                made_at=clock.now(),
            )
            db.session.add(row)
            db.session.flush()
            if not _take_slots(row):
                row.answer = Answer.DECLINED
            return _meeting(row)

    def find(self, key: str) -> Sequence[Meeting]:
        """Give every meeting that carries the key."""
        with transaction():
            rows = db.session.scalars(select(EmbeddedMeeting).where(EmbeddedMeeting.key == key)).all()
            return [_meeting(row) for row in sorted(rows, key=lambda row: row.id)]

    def meetings(self, *, starts_at: datetime, ends_at: datetime) -> Sequence[Meeting]:
        """Give every meeting in an interval."""
        touching = (EmbeddedMeeting.starts_at < ends_at, EmbeddedMeeting.ends_at > starts_at)
        with transaction():
            rows = db.session.scalars(select(EmbeddedMeeting).where(*touching).order_by(EmbeddedMeeting.id)).all()
            return [_meeting(row) for row in rows]

    def cancel(self, meeting: Meeting, *, quietly: bool = False) -> None:  # noqa: ARG002 - each has slots of its own
        """Take the meeting away and free the room."""
        with transaction():
            row_id = int(meeting.remote_id)
            db.session.execute(delete(EmbeddedSlot).where(EmbeddedSlot.meeting_id == row_id))
            db.session.execute(delete(EmbeddedMeeting).where(EmbeddedMeeting.id == row_id))


def _take_slots(row: EmbeddedMeeting) -> bool:
    slots = [
        {"room_address": row.room_address, "at": at, "meeting_id": row.id}
        for at in rules.steps_between(row.starts_at, row.ends_at)
    ]
    try:
        with db.session.begin_nested():
            # All in one statement: many go to PostgreSQL down a pipeline, which a no leaves broken behind it, and of
            # that the driver complains in the log.
            db.session.execute(insert(EmbeddedSlot).values(slots))
    except IntegrityError:
        return False
    return True


def _spans(address: str, *, starts_at: datetime, ends_at: datetime) -> tuple[Span, ...]:
    rows = db.session.execute(
        select(EmbeddedMeeting.starts_at, EmbeddedMeeting.ends_at)
        .where(
            EmbeddedMeeting.room_address == address,
            EmbeddedMeeting.answer == Answer.ACCEPTED,
            EmbeddedMeeting.starts_at < ends_at,
            EmbeddedMeeting.ends_at > starts_at,
        )
        .order_by(EmbeddedMeeting.starts_at)
    )
    return tuple(Span(starts_at=row.starts_at, ends_at=row.ends_at) for row in rows)


def _meeting(row: EmbeddedMeeting) -> Meeting:
    return Meeting(
        key=row.key,
        uid=row.uid,
        remote_id=str(row.id),
        mark="",
        room_addresses=(row.room_address,),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        answer=Answer(row.answer),
        made_at=row.made_at,
    )
