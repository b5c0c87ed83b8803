"""What Graph's JSON looks like, as documented."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.exchange_server.store import Attendee, Entry, Meeting

KINDS = {"resource": "Resources", "required": "RequiredAttendees", "optional": "OptionalAttendees"}
KIND_NAMES = {kind: name for name, kind in KINDS.items()}
TYPES = {
    "Single": "singleInstance",
    "Occurrence": "occurrence",
    "Exception": "exception",
    "RecurringMaster": "seriesMaster",
}
RESPONSES = {"Unknown": "none", "Accept": "accepted", "Decline": "declined", "Tentative": "tentativelyAccepted"}
# What a client may say of a new event; anything else is refused, so that a misspelling comes to light.
EVENT_NAMES = {
    "subject",
    "start",
    "end",
    "location",
    "attendees",
    "singleValueExtendedProperties",
    "transactionId",
    "responseRequested",
    "allowNewTimeProposals",
    "isReminderOn",
    "showAs",
    "body",
    "sensitivity",
}


class GraphError(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, status: int, code: str, *, wait: float | None = None) -> None:
        self.status = status
        self.code = code
        self.wait = wait
        super().__init__(code)


def moment(value: datetime) -> dict[str, str]:
    """Write a moment, with Graph's seven digits."""
    return {"dateTime": value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000"), "timeZone": "UTC"}


def read_moment(value: dict[str, str]) -> datetime:
    """Read a moment that a client sends."""
    try:
        wall = datetime.fromisoformat(value["dateTime"])
    except (KeyError, TypeError, ValueError) as error:
        raise GraphError(400, "RequestBodyRead") from error
    if value.get("timeZone") != "UTC" or wall.tzinfo is not None:
        raise GraphError(400, "TimeZoneNotSupportedException")
    return wall.replace(tzinfo=UTC)


def read_query_moment(text: str) -> datetime:
    """Read a moment in an address."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise GraphError(400, "ErrorInvalidParameter") from error


def read_attendee(value: dict[str, Any]) -> Attendee:
    """Read somebody invited."""
    try:
        return Attendee(address=value["emailAddress"]["address"].lower(), kind=KINDS[value["type"]])
    except (KeyError, TypeError) as error:
        raise GraphError(400, "RequestBodyRead") from error


def event(meeting: Meeting, *, property_id: str = "") -> dict[str, Any]:
    """Give a meeting; the extended property only when it is asked for."""
    is_day = meeting.extended.get("isAllDay") == "true"
    midnight = {"hour": 0, "minute": 0}
    found: dict[str, Any] = {
        "@odata.etag": f'W/"{meeting.change}"',
        "id": meeting.id,
        "changeKey": f"ck{meeting.change:08d}",
        "iCalUId": meeting.uid,
        "transactionId": meeting.extended.get("transactionId"),
        "createdDateTime": meeting.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z"),
        "subject": meeting.subject,
        "isAllDay": is_day,
        "isCancelled": False,
        "isOrganizer": True,
        "type": TYPES[meeting.kind],
        "start": moment(meeting.starts_at.replace(**midnight) if is_day else meeting.starts_at),
        "end": moment(meeting.ends_at.replace(**midnight) if is_day else meeting.ends_at),
        "location": {"displayName": meeting.location},
        "attendees": [attendee(each) for each in meeting.attendees],
    }
    if property_id and property_id in meeting.extended:
        found["singleValueExtendedProperties"] = [{"id": property_id, "value": meeting.extended[property_id]}]
    return found


def attendee(invited: Attendee) -> dict[str, Any]:
    """Give somebody invited."""
    return {
        "type": KIND_NAMES[invited.kind],
        "status": {"response": RESPONSES[invited.response], "time": "0001-01-01T00:00:00Z"},
        "emailAddress": {"name": invited.address.partition("@")[0], "address": invited.address},
    }


def schedule_item(entry: Entry) -> dict[str, Any]:
    """Give what stands in a room's calendar."""
    kinds = {
        "Busy": "busy",
        "Free": "free",
        "Tentative": "tentative",
        "OOF": "oof",
        "WorkingElsewhere": "workingElsewhere",
    }
    return {"status": kinds[entry.busy], "start": moment(entry.starts_at), "end": moment(entry.ends_at)}
