"""CreateItem, CancelCalendarItem, UpdateItem, DeleteItem, GetItem."""

from __future__ import annotations

from collections.abc import Callable

from tests.exchange_server import rooms
from tests.exchange_server.operations import shapes
from tests.exchange_server.soap import (
    Element,
    EwsError,
    SoapFault,
    answer,
    failure,
    find,
    find_all,
    local_name,
    messages,
    moment,
    success,
    text_of,
)
from tests.exchange_server.store import Meeting, Store

SENDING = ("SendOnlyToAll", "SendToAllAndSaveCopy")


def create_item(store: Store, request: Element, mailbox: str) -> Element:
    """Save items, and send them to the rooms only if the request says so."""
    sends = request.get("SendMeetingInvitations") in SENDING

    def one(item: Element) -> Element:
        if local_name(item) == "CancelCalendarItem":
            return messages("Items", *_cancel(store, item))
        return messages("Items", shapes.item_with_id(_create(store, item, mailbox, sends=sends)))

    return _each("CreateItem", find_all(request, "m:Items/*"), one)


def update_item(store: Store, request: Element, mailbox: str) -> Element:
    """Change items; the rooms hear of it only if the request says so."""
    sends = (request.get("SendMeetingInvitationsOrCancellations") or "").startswith("SendToAll")

    def one(change: Element) -> Element:
        meeting = _meeting(store, change)
        for update in find_all(change, "t:Updates/t:SetItemField"):
            _set_field(meeting, update)
        store.touch(meeting)
        if sends:
            rooms.invite(store, meeting)
        return messages("Items", shapes.item_with_id(meeting))

    return _each("UpdateItem", find_all(request, "m:ItemChanges/t:ItemChange"), one)


def delete_item(store: Store, request: Element, mailbox: str) -> Element:
    """Remove items; without sending cancellations the room keeps a ghost."""
    sends = request.get("SendMeetingCancellations") in SENDING
    if request.get("SendMeetingCancellations") is None:
        raise SoapFault("ErrorSendMeetingCancellationsRequired")

    def one(item_id: Element) -> Element | None:
        meeting = store.meetings.get(item_id.get("Id", ""))
        if meeting is None:
            raise EwsError("ErrorItemNotFound", "The specified object was not found in the store.")
        if sends:
            rooms.cancel(store, meeting)
        store.remove(meeting)
        return None

    return _each("DeleteItem", find_all(request, "m:ItemIds/t:ItemId"), one)


def get_item(store: Store, request: Element, mailbox: str) -> Element:
    """Give whole items."""
    shape = find(request, "m:ItemShape")

    def one(item_id: Element) -> Element:
        meeting = store.meetings.get(item_id.get("Id", ""))
        if meeting is None:
            raise EwsError("ErrorItemNotFound", "The specified object was not found in the store.")
        return messages("Items", shapes.calendar_item(meeting, shape, is_found=False))

    return _each("GetItem", find_all(request, "m:ItemIds/t:ItemId"), one)


def _each(operation: str, parts: list[Element], act: Callable[[Element], Element | None]) -> Element:
    tag = f"{operation}ResponseMessage"
    response_messages = []
    for part in parts:
        try:
            content = act(part)
        except EwsError as error:
            empty = [] if operation == "DeleteItem" else [messages("Items")]
            response_messages.append(failure(tag, error, *empty))
        else:
            response_messages.append(success(tag, *([] if content is None else [content])))
    return answer(operation, response_messages)


def _create(store: Store, item: Element, mailbox: str, *, sends: bool) -> Meeting:
    shapes.check_order(item)
    starts_at, ends_at = moment(text_of(item, "t:Start")), moment(text_of(item, "t:End"))
    if ends_at < starts_at:
        raise EwsError("ErrorCalendarEndDateIsEarlierThanStartDate")
    number = store.next_number()
    meeting = Meeting(
        id=f"AAMk{number:08d}",
        mailbox=mailbox,
        uid=text_of(item, "t:UID") or f"040000008200E000{number:08X}",
        subject=text_of(item, "t:Subject"),
        location=text_of(item, "t:Location"),
        starts_at=starts_at,
        ends_at=ends_at,
        created_at=store.now(),
        attendees=shapes.read_attendees(item),
        extended=shapes.read_extended(item),
        change=number,
    )
    store.add(meeting)
    if sends:
        rooms.invite(store, meeting)
    return meeting


def _cancel(store: Store, item: Element) -> list[Element]:
    reference = find(item, "t:ReferenceItemId")
    meeting = store.meetings.get("" if reference is None else reference.get("Id", ""))
    if meeting is None:
        raise EwsError("ErrorItemNotFound")
    rooms.cancel(store, meeting)
    store.remove(meeting)
    return []


def _meeting(store: Store, change: Element) -> Meeting:
    item_id = find(change, "t:ItemId")
    meeting = store.meetings.get("" if item_id is None else item_id.get("Id", ""))
    if meeting is None:
        raise EwsError("ErrorItemNotFound")
    return meeting


def _set_field(meeting: Meeting, update: Element) -> None:
    uri = find(update, "t:FieldURI")
    item = find(update, "t:CalendarItem")
    if uri is None or item is None:
        raise EwsError("ErrorInvalidPropertySet")
    name = uri.get("FieldURI", "")
    if name == "calendar:Start":
        meeting.starts_at = moment(text_of(item, "t:Start"))
    elif name == "calendar:End":
        meeting.ends_at = moment(text_of(item, "t:End"))
    elif name == "calendar:Location":
        meeting.location = text_of(item, "t:Location")
    elif name == "item:Subject":
        meeting.subject = text_of(item, "t:Subject")
    elif name not in ("calendar:StartTimeZone", "calendar:EndTimeZone"):
        raise EwsError("ErrorInvalidPropertyUpdateSentMessage", name)
