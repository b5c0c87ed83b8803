"""GetFolder, FindItem, SyncFolderItems."""

from __future__ import annotations

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
    types,
)
from tests.exchange_server.store import Meeting, Store

# distinguished name: id, element, class, parent
FOLDERS = {
    "root": ("folder-root", "Folder", "IPF.Note", "folder-root"),
    "msgfolderroot": ("folder-top", "Folder", "IPF.Note", "folder-root"),
    "calendar": ("folder-calendar", "CalendarFolder", "IPF.Appointment", "folder-top"),
    "inbox": ("folder-inbox", "Folder", "IPF.Note", "folder-top"),
}
NAMES_BY_ID = {parts[0]: name for name, parts in FOLDERS.items()}


def get_folder(store: Store, request: Element, mailbox: str) -> Element:
    """Describe folders."""
    response_messages = []
    for element in find_all(request, "m:FolderIds/*"):
        try:
            folder = _folder(store, _folder_name(element), mailbox)
        except EwsError as error:
            response_messages.append(failure("GetFolderResponseMessage", error, messages("Folders")))
        else:
            response_messages.append(success("GetFolderResponseMessage", messages("Folders", folder)))
    return answer("GetFolder", response_messages)


def find_item(store: Store, request: Element, mailbox: str) -> Element:
    """Find items by a restriction or in a calendar view; attendees are left out, as Exchange does."""
    shape = find(request, "m:ItemShape")
    response_messages = []
    for element in find_all(request, "m:ParentFolderIds/*"):
        meetings = _candidates(store, request, mailbox) if _folder_name(element) == "calendar" else []
        found = [meeting for meeting in meetings if _fits(meeting, request)]
        response_messages.append(success("FindItemResponseMessage", _page(found, request, shape)))
    return answer("FindItem", response_messages)


def sync_folder_items(store: Store, request: Element, mailbox: str) -> Element:
    """Tell what changed in the calendar since a state; the state is the number of the last change."""
    since = int(text_of(request, "m:SyncState") or 0)
    if 0 < since < store.oldest_change:
        error = EwsError("ErrorInvalidSyncStateData", "Synchronization state data is corrupt or otherwise invalid.")
        return answer("SyncFolderItems", [failure("SyncFolderItemsResponseMessage", error)])
    limit = int(text_of(request, "m:MaxChangesReturned") or 100)
    shape = find(request, "m:ItemShape")
    changed = [(meeting.change, meeting.id) for meeting in _meetings(store, mailbox) if meeting.change > since]
    gone = [(number, item_id) for number, item_id in store.removed if number > since]
    steps = sorted(changed + gone)
    told = steps[:limit]
    content = messages(
        "SyncFolderItemsResponseMessage",
        messages("ResponseCode", text="NoError"),
        messages("SyncState", text=str(told[-1][0] if told else since)),
        messages("IncludesLastItemInRange", text="true" if len(told) == len(steps) else "false"),
        messages("Changes", *[_change(store, item_id, shape) for _, item_id in told]),
        ResponseClass="Success",
    )
    return answer("SyncFolderItems", [content])


def _change(store: Store, item_id: str, shape: Element | None) -> Element:
    meeting = store.meetings.get(item_id)
    if meeting is None:
        return types("Delete", types("ItemId", Id=item_id, ChangeKey="ck0"))
    return types("Update", shapes.calendar_item(meeting, shape, is_found=True))


def _folder_name(element: Element) -> str:
    if local_name(element) == "DistinguishedFolderId":
        return element.get("Id", "")
    return NAMES_BY_ID.get(element.get("Id", ""), "")


def _folder(store: Store, name: str, mailbox: str) -> Element:
    if name not in FOLDERS:
        raise EwsError("ErrorFolderNotFound", "The specified folder could not be found in the store.")
    folder_id, element, folder_class, parent = FOLDERS[name]
    total = len(_meetings(store, mailbox)) if name == "calendar" else 0
    return types(
        element,
        types("FolderId", Id=folder_id, ChangeKey="ck1"),
        types("ParentFolderId", Id=parent, ChangeKey="ck1"),
        types("FolderClass", text=folder_class),
        types("DisplayName", text=name.capitalize()),
        types("TotalCount", text=str(total)),
        types("ChildFolderCount", text="0"),
        types("DistinguishedFolderId", text=name),
    )


def _meetings(store: Store, mailbox: str) -> list[Meeting]:
    return [meeting for meeting in store.meetings.values() if meeting.mailbox == mailbox]


def _candidates(store: Store, request: Element, mailbox: str) -> list[Meeting]:
    """Give the items of a view, or those with the value that is asked for: not all are looked at each time."""
    meetings = _meetings(store, mailbox)
    view = find(request, "m:CalendarView")
    if view is not None:
        first, last = moment(view.get("StartDate", "")), moment(view.get("EndDate", ""))
        # A view shows the days of a series, everything else the series itself.
        return [each for each in meetings if each.overlaps(first, last) and each.kind != "RecurringMaster"]
    meetings = [each for each in meetings if each.kind != "Occurrence"]
    uri = find(request, "m:Restriction/t:IsEqualTo/t:ExtendedFieldURI")
    constant = find(request, "m:Restriction/t:IsEqualTo/t:FieldURIOrConstant/t:Constant")
    if uri is None or constant is None:
        return meetings
    same = store.with_value(shapes.extended_key(uri), constant.get("Value", ""))
    return [each for each in same if each.mailbox == mailbox and each.kind != "Occurrence"]


def _fits(meeting: Meeting, request: Element) -> bool:
    restriction = find(request, "m:Restriction")
    return restriction is None or all(_holds(meeting, test) for test in restriction)


def _holds(meeting: Meeting, test: Element) -> bool:
    name = local_name(test)
    if name == "And":
        return all(_holds(meeting, part) for part in test)
    if name == "Or":
        return any(_holds(meeting, part) for part in test)
    if name == "Not":
        return not _holds(meeting, test[0])
    if name == "Exists":
        return _value(meeting, test[0]) is not None
    if name == "IsEqualTo":
        constant = find(test, "t:FieldURIOrConstant/t:Constant")
        return constant is not None and _value(meeting, test[0]) == constant.get("Value")
    raise SoapFault("ErrorUnsupportedPathForQuery", name)


def _value(meeting: Meeting, uri: Element) -> str | None:
    if local_name(uri) == "ExtendedFieldURI":
        return meeting.extended.get(shapes.extended_key(uri))
    if uri.get("FieldURI") == "item:Subject":
        return meeting.subject
    raise SoapFault("ErrorUnsupportedPathForQuery", str(uri.get("FieldURI")))


def _page(found: list[Meeting], request: Element, shape: Element | None) -> Element:
    view = find(request, "m:IndexedPageItemView")
    offset = int(view.get("Offset", "0")) if view is not None else 0
    size = int(view.get("MaxEntriesReturned", "1000")) if view is not None else len(found) or 1
    page = found[offset : offset + size]
    items = types("Items", *[shapes.calendar_item(meeting, shape, is_found=True) for meeting in page])
    attributes = {
        "TotalItemsInView": str(len(found)),
        "IncludesLastItemInRange": "true" if offset + size >= len(found) else "false",
    }
    if view is not None:
        attributes = {"IndexedPagingOffset": str(offset + len(page)), **attributes}
    return messages("RootFolder", items, **attributes)
