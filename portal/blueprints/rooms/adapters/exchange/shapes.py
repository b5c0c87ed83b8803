"""Between exchangelib's items and our own words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from exchangelib import CalendarItem, EWSDateTime, ExtendedProperty, Mailbox
from exchangelib.properties import Attendee, DaylightTime, FreeBusyView, StandardTime, TimeZone

from portal.blueprints.rooms.adapters.exchange.connection import ZONE
from portal.blueprints.rooms.adapters.exchange.errors import code_of
from portal.blueprints.rooms.adapters.invited import Invited, answer_of, rooms_among
from portal.blueprints.rooms.ports import Answer, BusyTimes, Meeting, Span, Wish
from portal.core import clock

FREE_KINDS = {"Free", "WorkingElsewhere", "NoData"}
ITEM_FIELDS = (
    "uid",
    "start",
    "end",
    "type",
    "portal_key",
    "datetime_created",
    "resources",
    "required_attendees",
    "optional_attendees",
)
OF_A_SERIES = ("Occurrence", "Exception")  # somebody repeats a meeting of ours: the series itself stands for it
ANSWERS = {"Accept": Answer.ACCEPTED, "Decline": Answer.DECLINED}


class PortalKey(ExtendedProperty):
    """Our key on a meeting: what finds it again after a lost answer. The set id is Tunet's own and never changes."""

    property_set_id = "5b0f5c1e-3f1b-4a57-9c26-7d1f6a0e8b42"
    property_name = "PortalBookingKey"
    property_type = "String"


CalendarItem.register("portal_key", PortalKey)


def moment(value: datetime) -> EWSDateTime:
    """Write a moment as exchangelib wants it."""
    return EWSDateTime.from_datetime(value.astimezone(UTC)).astimezone(ZONE)


def oslo() -> TimeZone:
    """Describe the time of the house, so that nobody has to ask the server for its time zones."""
    summer = DaylightTime(bias=-60, time=time(2), occurrence=5, iso_month=3, weekday=7)
    winter = StandardTime(bias=0, time=time(3), occurrence=5, iso_month=10, weekday=7)
    return TimeZone(bias=-60, standard_time=winter, daylight_time=summer)


def values_of(wish: Wish) -> dict[str, Any]:
    """Give the properties of the meeting that a wish becomes."""
    # The attendee is made by hand: exchangelib turns a bare address into one who has already accepted.
    room = Attendee(mailbox=Mailbox(email_address=wish.room_address), response_type="Unknown")
    return {
        "subject": wish.title,
        "start": moment(wish.starts_at),
        "end": moment(wish.ends_at),
        "location": wish.room_name,
        "resources": [room],
        "portal_key": wish.key,
        "uid": wish.uid,
        "is_response_requested": True,
        "reminder_is_set": False,
    }


def busy_times(address: str, view: FreeBusyView | Exception) -> BusyTimes:
    """Read one room's busy times, or what kept us from them."""
    if isinstance(view, Exception):
        return BusyTimes(address=address, problem=code_of(view))
    spans = [
        Span(starts_at=_utc(event.start), ends_at=_utc(event.end))
        for event in view.calendar_events or ()
        if event.busy_type not in FREE_KINDS
    ]
    return BusyTimes(address=address, spans=tuple(spans))


def meetings_of(items: Iterable[Any], known_rooms: Collection[str]) -> list[Meeting]:
    """Read the meetings that carry a key of ours, oldest first."""
    meetings = []
    for item in items:
        if isinstance(item, Exception):
            raise item
        if isinstance(item, CalendarItem) and item.portal_key and item.type not in OF_A_SERIES:
            meetings.append(_meeting(item, known_rooms))
    return sorted(meetings, key=lambda meeting: (meeting.made_at, meeting.remote_id))


def _meeting(item: CalendarItem, known_rooms: Collection[str]) -> Meeting:
    rooms = rooms_among(_invited(item), known_rooms)
    return Meeting(
        key=item.portal_key,
        uid=item.uid or "",
        remote_id=item.id,
        mark=item.changekey,
        room_addresses=tuple(room.address for room in rooms),
        starts_at=_utc(item.start),
        ends_at=_utc(item.end),
        answer=answer_of(rooms),
        made_at=_utc(item.datetime_created) if item.datetime_created else datetime.min.replace(tzinfo=UTC),
    )


def _invited(item: CalendarItem) -> list[Invited]:
    attendees = [(each, True) for each in item.resources or ()]
    attendees += [(each, False) for each in (*(item.required_attendees or ()), *(item.optional_attendees or ()))]
    return [
        Invited(
            address=(each.mailbox.email_address or "").lower(),
            is_resource=is_resource,
            answer=ANSWERS.get(each.response_type, Answer.WAITING),
        )
        for each, is_resource in attendees
        if each.mailbox
    ]


def _utc(value: date) -> datetime:
    """Give a moment in UTC; a person may have turned the meeting into an all-day one, which comes as a date."""
    if isinstance(value, datetime):
        return datetime.fromtimestamp(value.timestamp(), tz=UTC)
    return clock.at_wall(date(value.year, value.month, value.day), time(0))
