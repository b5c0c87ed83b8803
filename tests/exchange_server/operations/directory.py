"""ResolveNames, GetRoomLists, GetRooms, GetServerTimeZones, ConvertId (exchangelib asks it for the version)."""

from __future__ import annotations

from tests.exchange_server.soap import (
    Element,
    EwsError,
    answer,
    failure,
    find_all,
    messages,
    success,
    text_of,
    types,
)
from tests.exchange_server.store import Store


def resolve_names(store: Store, request: Element, mailbox: str) -> Element:
    """Find rooms by a part of their name or address."""
    response_messages = []
    for entry in find_all(request, "m:UnresolvedEntry"):
        word = (entry.text or "").lower()
        found = [room for room in store.rooms.values() if word in room.name.lower() or word in room.address]
        if not found:
            error = EwsError("ErrorNameResolutionNoResults", "No results were found.")
            response_messages.append(failure("ResolveNamesResponseMessage", error))
            continue
        resolutions = [types("Resolution", _mailbox(room.name, room.address)) for room in found]
        resolution_set = messages(
            "ResolutionSet", *resolutions, TotalItemsInView=str(len(found)), IncludesLastItemInRange="true"
        )
        response_messages.append(success("ResolveNamesResponseMessage", resolution_set))
    return answer("ResolveNames", response_messages)


def get_room_lists(store: Store, request: Element, mailbox: str) -> Element:
    """Give the distribution lists that hold rooms."""
    lists = dict.fromkeys(room.room_list for room in store.rooms.values())
    addresses = [_address("Address", address.partition("@")[0], address, "PublicDL") for address in lists]
    return _whole("GetRoomLists", messages("RoomLists", *addresses))


def get_rooms(store: Store, request: Element, mailbox: str) -> Element:
    """Give the rooms of one list."""
    wanted = text_of(request, "m:RoomList/t:EmailAddress")
    rooms = [
        types("Room", _address("Id", room.name, room.address, "Mailbox"))
        for room in store.rooms.values()
        if room.room_list == wanted
    ]
    return _whole("GetRooms", messages("Rooms", *rooms))


def get_server_time_zones(store: Store, request: Element, mailbox: str) -> Element:
    """Give the one zone that the house lives in."""
    definition = types("TimeZoneDefinition", Id="W. Europe Standard Time", Name="(UTC+01:00) Amsterdam, Berlin, Oslo")
    content = success("GetServerTimeZonesResponseMessage", messages("TimeZoneDefinitions", definition))
    return answer("GetServerTimeZones", [content])


def convert_id(store: Store, request: Element, mailbox: str) -> Element:
    """Refuse the made-up id that exchangelib sends to learn the server's version from the header."""
    error = EwsError("ErrorInvalidIdMalformed", "Id is malformed.")
    return answer("ConvertId", [failure("ConvertIdResponseMessage", error)])


def _whole(operation: str, content: Element) -> Element:
    # These two responses are themselves the message; there is no ResponseMessages around it.
    response = messages("ResponseCode", text="NoError")
    return messages(f"{operation}Response", response, content, ResponseClass="Success")


def _mailbox(name: str, address: str) -> Element:
    return _address("Mailbox", name, address, "Mailbox")


def _address(tag: str, name: str, address: str, kind: str) -> Element:
    return types(
        tag,
        types("Name", text=name),
        types("EmailAddress", text=address),
        types("RoutingType", text="SMTP"),
        types("MailboxType", text=kind),
    )
