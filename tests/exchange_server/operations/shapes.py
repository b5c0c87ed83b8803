"""The shape of items on the wire: element order is that of Microsoft's types.xsd."""

from __future__ import annotations

from tests.exchange_server.soap import Element, SoapFault, find, find_all, local_name, moment_text, text_of, types
from tests.exchange_server.store import Attendee, Meeting

ATTENDEE_KINDS = ("RequiredAttendees", "OptionalAttendees", "Resources")

# What a client may send, in the order the schema demands (ItemType, then CalendarItemType).
ORDER = [
    "MimeContent",
    "ItemId",
    "ParentFolderId",
    "ItemClass",
    "Subject",
    "Sensitivity",
    "Body",
    "Attachments",
    "DateTimeReceived",
    "Size",
    "Categories",
    "Importance",
    "InReplyTo",
    "IsSubmitted",
    "IsDraft",
    "IsFromMe",
    "IsResend",
    "IsUnmodified",
    "InternetMessageHeaders",
    "DateTimeSent",
    "DateTimeCreated",
    "ResponseObjects",
    "ReminderDueBy",
    "ReminderIsSet",
    "ReminderNextTime",
    "ReminderMinutesBeforeStart",
    "DisplayCc",
    "DisplayTo",
    "HasAttachments",
    "ExtendedProperty",
    "Culture",
    "EffectiveRights",
    "LastModifiedName",
    "LastModifiedTime",
    "IsAssociated",
    "WebClientReadFormQueryString",
    "WebClientEditFormQueryString",
    "ConversationId",
    "UniqueBody",
    "UID",
    "RecurrenceId",
    "DateTimeStamp",
    "Start",
    "End",
    "OriginalStart",
    "IsAllDayEvent",
    "LegacyFreeBusyStatus",
    "Location",
    "When",
    "IsMeeting",
    "IsCancelled",
    "IsRecurring",
    "MeetingRequestWasSent",
    "IsResponseRequested",
    "CalendarItemType",
    "MyResponseType",
    "Organizer",
    "RequiredAttendees",
    "OptionalAttendees",
    "Resources",
    "ConflictingMeetingCount",
    "AdjacentMeetingCount",
    "ConflictingMeetings",
    "AdjacentMeetings",
    "Duration",
    "TimeZone",
    "AppointmentReplyTime",
    "AppointmentSequenceNumber",
    "AppointmentState",
    "Recurrence",
    "FirstOccurrence",
    "LastOccurrence",
    "ModifiedOccurrences",
    "DeletedOccurrences",
    "MeetingTimeZone",
    "StartTimeZone",
    "EndTimeZone",
    "ConferenceType",
    "AllowNewTimeProposal",
    "IsOnlineMeeting",
    "MeetingWorkspaceUrl",
    "NetShowUrl",
]
RANK = {name: rank for rank, name in enumerate(ORDER)}

# FindItem never gives these; a client has to ask GetItem.
ONLY_GET_ITEM = ("Body", *ATTENDEE_KINDS)


def check_order(item: Element) -> None:
    """Refuse an item whose elements stand in another order than the schema's."""
    ranks = [RANK.get(local_name(child), -1) for child in item]
    if -1 in ranks or ranks != sorted(ranks):
        names = " ".join(local_name(child) for child in item)
        raise SoapFault("ErrorSchemaValidation", f"The request failed schema validation: {names}")


def extended_key(uri: Element) -> str:
    """Name an extended property by its own address."""
    return f"{uri.get('PropertySetId')}|{uri.get('PropertyName')}|{uri.get('PropertyType')}"


def read_extended(item: Element) -> dict[str, str]:
    """Read the extended properties that a client sends."""
    return {
        extended_key(uri): text_of(element, "t:Value")
        for element in find_all(item, "t:ExtendedProperty")
        if (uri := find(element, "t:ExtendedFieldURI")) is not None
    }


def read_attendees(item: Element) -> list[Attendee]:
    """Read who is invited. A response that the client claims stands until the room answers: some servers believe it."""
    return [
        Attendee(
            address=text_of(element, "t:Mailbox/t:EmailAddress"),
            kind=kind,
            response=text_of(element, "t:ResponseType") or "Unknown",
        )
        for kind in ATTENDEE_KINDS
        for element in find_all(item, f"t:{kind}/t:Attendee")
    ]


def item_id(meeting: Meeting) -> Element:
    """Give the address of an item as it is now."""
    return types("ItemId", Id=meeting.id, ChangeKey=f"ck{meeting.change:08d}")


def item_with_id(meeting: Meeting) -> Element:
    """Give an item of which only the address is told."""
    return types("CalendarItem", item_id(meeting))


def calendar_item(meeting: Meeting, shape: Element | None, *, is_found: bool) -> Element:
    """Give an item with the properties that were asked for."""
    wanted = _wanted(shape)
    parts = [part for part in _parts(meeting) if _is_asked_for(part, wanted, is_found=is_found)]
    return types("CalendarItem", item_id(meeting), *sorted(parts, key=lambda part: RANK[local_name(part)]))


def _wanted(shape: Element | None) -> set[str] | None:
    if shape is None or text_of(shape, "t:BaseShape") != "IdOnly":
        return None
    names = {uri.get("FieldURI", "").split(":")[-1] for uri in find_all(shape, "t:AdditionalProperties/t:FieldURI")}
    extended = find_all(shape, "t:AdditionalProperties/t:ExtendedFieldURI")
    return names | {extended_key(uri) for uri in extended}


def _is_asked_for(part: Element, wanted: set[str] | None, *, is_found: bool) -> bool:
    name = local_name(part)
    if is_found and name in ONLY_GET_ITEM:
        return False
    if name == "ExtendedProperty":
        uri = find(part, "t:ExtendedFieldURI")
        return uri is not None and wanted is not None and extended_key(uri) in wanted
    return wanted is None or name in wanted


def _parts(meeting: Meeting) -> list[Element]:
    values = {
        "ItemClass": "IPM.Appointment",
        "Subject": meeting.subject,
        "Sensitivity": "Normal",
        "Importance": "Normal",
        "IsDraft": "false",
        "DateTimeCreated": moment_text(meeting.created_at),
        "ReminderIsSet": "false",
        "ReminderMinutesBeforeStart": "0",
        "UID": meeting.uid,
        "Start": moment_text(meeting.starts_at),
        "End": moment_text(meeting.ends_at),
        "IsAllDayEvent": "false",
        "LegacyFreeBusyStatus": "Busy",
        "Location": meeting.location,
        "IsMeeting": "true" if meeting.attendees else "false",
        "IsCancelled": "false",
        "IsRecurring": "false",
        "MeetingRequestWasSent": "true" if meeting.is_sent else "false",
        "IsResponseRequested": "true",
        "CalendarItemType": meeting.kind,
        "MyResponseType": "Organizer",
    }
    parts = [types(name, text=value) for name, value in values.items()]
    parts += [_extended(key, value) for key, value in meeting.extended.items()]
    return parts + [element for kind in ATTENDEE_KINDS if (element := _attendees(meeting, kind)) is not None]


def _extended(key: str, value: str) -> Element:
    set_id, name, kind = key.split("|")
    uri = types("ExtendedFieldURI", PropertySetId=set_id, PropertyName=name, PropertyType=kind)
    return types("ExtendedProperty", uri, types("Value", text=value))


def _attendees(meeting: Meeting, kind: str) -> Element | None:
    invited = [attendee for attendee in meeting.attendees if attendee.kind == kind]
    if not invited:
        return None
    return types(kind, *[_attendee(attendee) for attendee in invited])


def _attendee(attendee: Attendee) -> Element:
    mailbox = types(
        "Mailbox",
        types("Name", text=attendee.address.partition("@")[0]),
        types("EmailAddress", text=attendee.address),
        types("RoutingType", text="SMTP"),
        types("MailboxType", text="Mailbox"),
    )
    return types("Attendee", mailbox, types("ResponseType", text=attendee.response))
