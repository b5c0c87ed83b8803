"""The calls of Graph that the adapter makes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.exchange_server import rooms
from tests.exchange_server.store import Meeting
from tests.graph_server import shapes
from tests.graph_server.shapes import GraphError

if TYPE_CHECKING:
    from tests.graph_server.server import GraphServer

MOST_SCHEDULES, MOST_DAYS = 20, 62
EXPANDED = re.compile(r"singleValueExtendedProperties\(\$filter=id eq '([^']+)'\)")
FILTERED = re.compile(r"singleValueExtendedProperties/Any\(ep: ep/id eq '([^']+)' and ep/value eq '([^']*)'\)")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, taken apart."""

    name: str
    query: dict[str, str]
    body: dict[str, Any]
    subject: str = ""  # the id in the path

    def text(self) -> str:
        """Write it down, to be carried out later."""
        return json.dumps({"name": self.name, "query": self.query, "body": self.body, "subject": self.subject})


Answer = tuple[int, dict[str, Any] | None]


def perform(server: GraphServer, call: Call) -> Answer:
    """Carry out one call."""
    acts: dict[str, Callable[[GraphServer, Call], Answer]] = {
        "Places": places,
        "GetSchedule": get_schedule,
        "CreateEvent": create_event,
        "FindEvents": find_events,
        "GetEvent": get_event,
        "CancelEvent": cancel_event,
        "DeleteEvent": delete_event,
        "CalendarView": calendar_view,
        "Delta": delta,
    }
    return acts[call.name](server, call)


def places(server: GraphServer, call: Call) -> Answer:
    """Give the rooms of the tenant; one that is hidden is not among them."""
    found = [
        {
            "id": room.address,
            "displayName": room.name,
            "emailAddress": room.address,
            "capacity": 14,
            "building": "Bygg B",
            "floorNumber": 2,
            "floorLabel": None,
        }
        for room in server.store.rooms.values()
    ]
    return _page(server, call, found, "/places/microsoft.graph.room", usual=100)


def get_schedule(server: GraphServer, call: Call) -> Answer:
    """Tell when rooms are taken."""
    first, last = shapes.read_moment(call.body["startTime"]), shapes.read_moment(call.body["endTime"])
    interval, window = call.body.get("availabilityViewInterval", 30), (last - first) / timedelta(minutes=1)
    addresses = call.body["schedules"]
    is_wrong = len(addresses) > MOST_SCHEDULES or not 5 <= interval <= min(1440, window)
    if is_wrong or last - first > timedelta(days=MOST_DAYS) or not all("@" in address for address in addresses):
        raise GraphError(400, "ErrorInvalidParameter")
    # Not in the order asked: nobody promises that.
    return 200, {"value": [_schedule(server, address, first, last) for address in sorted(addresses)]}


def _schedule(server: GraphServer, address: str, first: Any, last: Any) -> dict[str, Any]:
    room = server.store.rooms.get(address.lower())
    code = "ErrorMailRecipientNotFound" if room is None else room.broken
    if code:
        return {"scheduleId": address, "error": {"message": f"{code}: {address}", "responseCode": code}}
    entries = [entry for entry in server.store.entries_of(address.lower()) if entry.overlaps(first, last)]
    items = [shapes.schedule_item(entry) for entry in sorted(entries, key=lambda entry: entry.starts_at)]
    return {"scheduleId": address, "availabilityView": "", "scheduleItems": items}


def create_event(server: GraphServer, call: Call) -> Answer:
    """Make a meeting and send it. The same transaction with the same words is the same meeting."""
    if not call.body.keys() <= shapes.EVENT_NAMES:
        raise GraphError(400, "RequestBodyRead")
    store, body = server.store, call.body
    transaction, words = body.get("transactionId", ""), json.dumps(body, sort_keys=True)
    if transaction in server.transactions:
        known_id, known_words = server.transactions[transaction]
        if known_words != words or known_id not in store.meetings:
            raise GraphError(409, "ErrorDuplicateTransactionId")
        return 201, shapes.event(store.meetings[known_id])
    starts_at, ends_at = shapes.read_moment(body["start"]), shapes.read_moment(body["end"])
    if ends_at < starts_at:
        raise GraphError(400, "ErrorPropertyValidationFailure")
    number = store.next_number()
    meeting = Meeting(
        id=f"AAkALg{number:08d}=",
        mailbox=server.mailbox,
        uid=f"040000008200E000{number:08X}",
        subject=body.get("subject", ""),
        location=body.get("location", {}).get("displayName", ""),
        starts_at=starts_at,
        ends_at=ends_at,
        created_at=store.now(),
        attendees=[shapes.read_attendee(each) for each in body.get("attendees", [])],
        extended=_extended(body),
        change=number,
    )
    store.add(meeting)
    if transaction:
        server.transactions[transaction] = (meeting.id, words)
    rooms.invite(store, meeting)
    return 201, shapes.event(meeting)


def _extended(body: dict[str, Any]) -> dict[str, str]:
    kept = {each["id"]: each["value"] for each in body.get("singleValueExtendedProperties", [])}
    return kept | ({"transactionId": body["transactionId"]} if body.get("transactionId") else {})


def find_events(server: GraphServer, call: Call) -> Answer:
    """List events, or those with one value of an extended property."""
    found = _meetings(server)
    if "$filter" in call.query:
        wanted = FILTERED.fullmatch(call.query["$filter"])
        if wanted is None:
            raise GraphError(400, "ErrorInvalidUrlQueryFilter")
        same = server.store.with_value(wanted[1], wanted[2])
        found = [meeting for meeting in same if meeting.mailbox == server.mailbox]
    found = [meeting for meeting in found if meeting.kind != "Occurrence"]
    path = f"/users/{server.mailbox}/calendar/events"
    return _page(server, call, [_event(meeting, call) for meeting in found], path)


def get_event(server: GraphServer, call: Call) -> Answer:
    """Give one event."""
    return 200, _event(_meeting(server, call), call)


def cancel_event(server: GraphServer, call: Call) -> Answer:
    """Cancel a meeting: the rooms are told, and it goes among the deleted."""
    delete_event(server, call)
    return 202, None


def delete_event(server: GraphServer, call: Call) -> Answer:
    """Delete a meeting; the organiser's deleting tells the rooms as well."""
    meeting = _meeting(server, call)
    rooms.cancel(server.store, meeting)
    server.store.remove(meeting)
    return 204, None


def calendar_view(server: GraphServer, call: Call) -> Answer:
    """List what touches an interval."""
    first, last = (shapes.read_query_moment(call.query[name]) for name in ("startDateTime", "endDateTime"))
    standing = [each for each in _meetings(server) if each.overlaps(first, last) and each.kind != "RecurringMaster"]
    found = [_event(meeting, call) for meeting in standing]
    return _page(server, call, found, f"/users/{server.mailbox}/calendarView")


def delta(server: GraphServer, call: Call) -> Answer:
    """Tell what changed in an interval; whole events, without extended properties, and what left it as removed."""
    if call.query.keys() & {"$expand", "$filter", "$select", "$orderby", "$search"}:
        raise GraphError(400, "ErrorInvalidUrlQuery")
    token = call.query.get("$deltatoken") or call.query.get("$skiptoken")
    if token:
        since, skip, first_text, last_text = token.split("~")
    else:
        since, skip, first_text, last_text = "0", "0", call.query["startDateTime"], call.query["endDateTime"]
    if token and int(since) < server.store.oldest_change:
        raise GraphError(410, "SyncStateNotFound")
    steps = _steps(server, int(since), first_text, last_text)
    offset, size = int(skip), min(server.limits["page"], int(call.query.get("maxpagesize", "10")))
    page = {"value": [step for _, step in steps[offset : offset + size]]}
    newest = max([number for number, _ in steps], default=int(since))
    if offset + size < len(steps):
        link = {"@odata.nextLink": ("$skiptoken", f"{since}~{offset + size}~{first_text}~{last_text}")}
    else:
        link = {"@odata.deltaLink": ("$deltatoken", f"{newest}~0~{first_text}~{last_text}")}
    for name, (parameter, value) in link.items():
        page[name] = _link(server, f"/users/{server.mailbox}/calendarView/delta", {parameter: value})
    return 200, page


def _steps(server: GraphServer, since: int, first_text: str, last_text: str) -> list[tuple[int, dict[str, Any]]]:
    first, last = shapes.read_query_moment(first_text), shapes.read_query_moment(last_text)
    steps: list[tuple[int, dict[str, Any]]] = []
    for meeting in _meetings(server):
        if meeting.change > since and meeting.overlaps(first, last):
            steps.append((meeting.change, shapes.event(meeting)))
        elif meeting.change > since > 0:
            steps.append((meeting.change, {"id": meeting.id, "@removed": {"reason": "deleted"}}))
    gone = [(number, item_id) for number, item_id in server.store.removed if number > since > 0]
    steps += [(number, {"id": item_id, "@removed": {"reason": "deleted"}}) for number, item_id in gone]
    return sorted(steps, key=lambda step: step[0])


def _meetings(server: GraphServer) -> list[Meeting]:
    return [meeting for meeting in server.store.meetings.values() if meeting.mailbox == server.mailbox]


def _meeting(server: GraphServer, call: Call) -> Meeting:
    meeting = server.store.meetings.get(call.subject)
    if meeting is None:
        raise GraphError(404, "ErrorItemNotFound")
    return meeting


def _event(meeting: Meeting, call: Call) -> dict[str, Any]:
    expanded = EXPANDED.fullmatch(call.query.get("$expand", ""))
    found = shapes.event(meeting, property_id=expanded[1] if expanded else "")
    if "$select" not in call.query:
        return found
    names = {*call.query["$select"].split(","), "@odata.etag", "singleValueExtendedProperties"}
    return {name: value for name, value in found.items() if name in names}


def _page(server: GraphServer, call: Call, found: list[dict[str, Any]], path: str, *, usual: int = 10) -> Answer:
    offset = int(call.query.get("$skip", "0"))
    size = min(int(call.query.get("$top", usual)), 1000, server.limits["page"])
    page: dict[str, Any] = {"value": found[offset : offset + size]}
    if offset + size < len(found):
        page["@odata.nextLink"] = _link(server, path, call.query | {"$skip": str(offset + size)})
    return 200, page


def _link(server: GraphServer, path: str, query: dict[str, str]) -> str:
    kept = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in query.items() if name != "maxpagesize")
    return f"{server.base}/v1.0{path}?{kept}"
