"""GetUserAvailability: free/busy of many rooms in one call, in the order they were asked for."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, time, timedelta

from tests.exchange_server.soap import (
    Element,
    EwsError,
    SoapFault,
    failure,
    find,
    find_all,
    messages,
    moment,
    success,
    text_of,
    types,
)
from tests.exchange_server.store import Entry, Store

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def get_user_availability(store: Store, request: Element, mailbox: str) -> Element:
    """Answer in request order and without addresses; a broken mailbox is an error in its place."""
    window = find(request, "t:FreeBusyViewOptions/t:TimeWindow")
    zone = find(request, "t:TimeZone")
    if window is None or zone is None:
        raise EwsError("ErrorInvalidTimeZone")
    starts_at, ends_at = moment(text_of(window, "t:StartTime")), moment(text_of(window, "t:EndTime"))
    interval = int(text_of(request, "t:FreeBusyViewOptions/t:MergedFreeBusyIntervalInMinutes") or 30)
    if not 5 <= interval <= min(1440, (ends_at - starts_at) / timedelta(minutes=1)):
        raise SoapFault("ErrorInvalidMergedFreeBusyInterval")
    responses = []
    for element in find_all(request, "m:MailboxDataArray/t:MailboxData"):
        address = text_of(element, "t:Email/t:Address")
        responses.append(_response(store, address, starts_at=starts_at, ends_at=ends_at, zone=zone))
    return messages("GetUserAvailabilityResponse", messages("FreeBusyResponseArray", *responses))


def _response(store: Store, address: str, *, starts_at: datetime, ends_at: datetime, zone: Element) -> Element:
    room = store.rooms.get(address)
    code = "ErrorMailRecipientNotFound" if room is None else room.broken
    if code.startswith("Error"):
        return messages("FreeBusyResponse", failure("ResponseMessage", EwsError(code, f"{code}: {address}")))
    if code == "unreadable":
        return messages("FreeBusyResponse", success("ResponseMessage"))
    entries = [entry for entry in store.entries_of(address) if entry.overlaps(starts_at, ends_at)]
    parts = [types("FreeBusyViewType", text="FreeBusy")]
    if entries:
        entries.sort(key=lambda entry: entry.starts_at)
        parts.append(types("CalendarEventArray", *[_event(entry, zone) for entry in entries]))
    return messages("FreeBusyResponse", success("ResponseMessage"), messages("FreeBusyView", *parts))


def _event(entry: Entry, zone: Element) -> Element:
    return types(
        "CalendarEvent",
        types("StartTime", text=_local(entry.starts_at, zone)),
        types("EndTime", text=_local(entry.ends_at, zone)),
        types("BusyType", text=entry.busy),
    )


def _local(value: datetime, zone: Element) -> str:
    """Write a moment as wall clock of the zone that the request carries, without an offset, as Exchange does."""
    standard = timedelta(minutes=int(text_of(zone, "t:Bias")))
    winter = value.astimezone(UTC).replace(tzinfo=None) - standard
    begins, ends = _switch(zone, "DaylightTime", winter.year), _switch(zone, "StandardTime", winter.year)
    if begins is None or ends is None:
        return winter.isoformat(timespec="seconds")
    bias = timedelta(minutes=int(text_of(zone, "t:DaylightTime/t:Bias")))
    # The end of summer time is told in summer's wall clock.
    is_summer = begins <= winter < ends + bias
    return (winter - bias if is_summer else winter).isoformat(timespec="seconds")


def _switch(zone: Element, part: str, year: int) -> datetime | None:
    rule = find(zone, f"t:{part}")
    if rule is None:
        return None
    month, order = int(text_of(rule, "t:Month")), int(text_of(rule, "t:DayOrder"))
    weekday = WEEKDAYS.index(text_of(rule, "t:DayOfWeek"))
    last = calendar.monthrange(year, month)[1]
    days = [day for day in range(1, last + 1) if datetime(year, month, day).weekday() == weekday]  # noqa: DTZ001
    day = days[-1] if order == 5 else days[order - 1]
    return datetime.combine(datetime(year, month, day), time.fromisoformat(text_of(rule, "t:Time")))  # noqa: DTZ001
