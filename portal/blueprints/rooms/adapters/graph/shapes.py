"""Between Graph's JSON and our own words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.blueprints.rooms.adapters.invited import Invited, answer_of, rooms_among
from portal.blueprints.rooms.ports import Answer, BusyTimes, FoundRoom, Meeting, Span, Wish
from portal.core import clock

Json = Mapping[str, Any]

# The same named property as in the Exchange adapter: who changes from the one to the other keeps the bookings.
KEY_ID = "String {5b0f5c1e-3f1b-4a57-9c26-7d1f6a0e8b42} Name PortalBookingKey"
EXPAND = f"singleValueExtendedProperties($filter=id eq '{KEY_ID}')"
SELECT = "id,changeKey,iCalUId,transactionId,createdDateTime,start,end,isAllDay,isCancelled,attendees,type"
OF_A_SERIES = {"occurrence", "exception"}  # somebody repeats a meeting of ours: the series itself stands for it
FREE_KINDS = {"free", "workingElsewhere"}
ANSWERS = {"accepted": Answer.ACCEPTED, "declined": Answer.DECLINED}


class Unreadable(Exception):
    """An answer that is not of the agreed form: believing half of it would be worse than believing none."""


def moment(value: datetime) -> dict[str, str]:
    """Write a moment. In UTC, because an hour in October comes twice on the wall."""
    return {"dateTime": value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"), "timeZone": "UTC"}


def stamp(value: datetime) -> str:
    """Write a moment as a query wants it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def event_of(wish: Wish, *, transaction_id: str) -> dict[str, Any]:
    """Give the event that a wish becomes."""
    return {
        "subject": wish.title,
        "start": moment(wish.starts_at),
        "end": moment(wish.ends_at),
        "location": {"displayName": wish.room_name, "locationEmailAddress": wish.room_address},
        "attendees": [
            {"type": "resource", "emailAddress": {"address": wish.room_address, "name": wish.room_name}},
        ],
        "singleValueExtendedProperties": [{"id": KEY_ID, "value": wish.key}],
        "transactionId": transaction_id,
        "responseRequested": True,
        "allowNewTimeProposals": False,
        "isReminderOn": False,
        "showAs": "busy",
    }


def by_key(key: str) -> str:
    """Give the filter that finds our key."""
    value = key.replace("'", "''")
    return f"singleValueExtendedProperties/Any(ep: ep/id eq '{KEY_ID}' and ep/value eq '{value}')"


def key_of(event: Json) -> str:
    """Give our key on an event; a listing of changes leaves it out, but tells the transaction, which is the key too."""
    for each in event.get("singleValueExtendedProperties") or ():
        if str(each.get("id", "")).casefold() == KEY_ID.casefold():
            return str(each.get("value") or "")
    return ""


def transaction_key_of(event: Json) -> str:
    """Give the key that the transaction of an event tells: ours are UUIDs."""
    text = str(event.get("transactionId") or "")
    try:
        return text if str(UUID(text)) == text else ""
    except ValueError:
        return ""


def meetings_of(events: Iterable[Json], known_rooms: Collection[str]) -> list[Meeting]:
    """Read the meetings that carry a key of ours, oldest first."""
    found = [meeting_of(event, key, known_rooms) for event in events if (key := key_of(event)) and is_standing(event)]
    return sorted(found, key=lambda meeting: (meeting.made_at, meeting.remote_id))


def is_standing(event: Json) -> bool:
    """Tell whether an event is there, and a meeting by itself."""
    return "@removed" not in event and not event.get("isCancelled") and event.get("type") not in OF_A_SERIES


def meeting_of(event: Json, key: str, known_rooms: Collection[str]) -> Meeting:
    """Read one event whose key is known."""
    try:
        rooms = rooms_among([_invited(each) for each in event["attendees"]], known_rooms)
        return Meeting(
            key=key,
            uid=str(event.get("iCalUId") or ""),
            remote_id=str(event["id"]),
            mark=str(event.get("changeKey") or ""),
            room_addresses=tuple(room.address for room in rooms),
            starts_at=_time(event["start"], is_day=bool(event.get("isAllDay"))),
            ends_at=_time(event["end"], is_day=bool(event.get("isAllDay"))),
            answer=answer_of(rooms),
            made_at=datetime.fromisoformat(event["createdDateTime"]).astimezone(UTC),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Unreadable("Event") from None


def is_whole(event: Json) -> bool:
    """Tell whether an event tells enough to be read; changes of some kinds tell the id and little more."""
    return all(event.get(name) is not None for name in ("id", "start", "end", "attendees", "createdDateTime"))


def busy_times(address: str, schedule: Json | None) -> BusyTimes:
    """Read one room's schedule, or what kept us from it."""
    if schedule is None:
        return BusyTimes(address=address, problem="NotTold")
    error = schedule.get("error")
    if error:
        code = error.get("responseCode") if isinstance(error, Mapping) else None
        return BusyTimes(address=address, problem=str(code or "Error")[:80])
    try:
        spans = tuple(
            Span(starts_at=_time(item["start"]), ends_at=_time(item["end"]))
            for item in schedule.get("scheduleItems") or ()
            if item.get("status") not in FREE_KINDS
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return BusyTimes(address=address, problem="Unreadable")
    return BusyTimes(address=address, spans=spans)


def rooms_of(places: Iterable[Json]) -> list[FoundRoom]:
    """Read a page of rooms; one without an address cannot be invited."""
    return [_room(place) for place in places if place.get("emailAddress")]


def _room(place: Json) -> FoundRoom:
    seats, number = place.get("capacity"), place.get("floorNumber")
    floor = place.get("floorLabel") or ("" if number is None else number)
    return FoundRoom(
        address=str(place["emailAddress"]).lower(),
        name=str(place.get("displayName") or place["emailAddress"]),
        seats=seats if isinstance(seats, int) else 0,
        site=str(place.get("building") or ""),
        floor=str(floor),
    )


def _invited(attendee: Json) -> Invited:
    return Invited(
        address=str(attendee["emailAddress"].get("address") or "").lower(),
        is_resource=attendee.get("type") == "resource",
        answer=ANSWERS.get((attendee.get("status") or {}).get("response", ""), Answer.WAITING),
    )


def _time(value: Json, *, is_day: bool = False) -> datetime:
    wall = datetime.fromisoformat(value["dateTime"])
    if is_day:
        # A whole day is midnight in whatever zone is asked for: it is the house's day that is meant.
        return clock.at_wall(date(wall.year, wall.month, wall.day), time(0))
    if wall.tzinfo is not None:
        return wall.astimezone(UTC)
    try:
        return wall.replace(tzinfo=ZoneInfo(value.get("timeZone") or "UTC")).astimezone(UTC)
    except ZoneInfoNotFoundError:
        raise ValueError("timeZone") from None
