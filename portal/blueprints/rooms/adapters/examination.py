"""Trying the calendar for `portal doctor`: may we open the mailbox, see the rooms, and see when they are busy?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from portal.blueprints.rooms.adapters.choice import current_calendar
from portal.blueprints.rooms.ports import BusyTimes, CalendarUnavailable, FoundRoom, RoomCalendar, SignInRefused
from portal.core import clock
from portal.core.settings import current_settings

NOBODY = "00000000-0000-0000-0000-000000000000"  # a key that no booking has
A_DAY = timedelta(days=1)
MOST_NAMED = 5
BUSY = "The calendar asks to be left in peace for a while. It is; nothing has to be done."
GUIDE = "See docs/rooms-in-exchange-and-graph.md."

# What to mend, by the code of the trouble; the empty code is for those that are not among them.
EXCHANGE_SIGN_IN = {
    "": "Exchange refuses the sign-in. Check PORTAL_EWS_USER and PORTAL_EWS_PASSWORD, and start the worker again.",
}
EXCHANGE_TROUBLE = {
    "ErrorNonExistentMailbox": "Exchange has no mailbox at PORTAL_EWS_MAILBOX.",
    "ErrorAccessDenied": f"PORTAL_EWS_USER may not open the calendar of PORTAL_EWS_MAILBOX. {GUIDE}",
    "ErrorImpersonateUserDenied": f"PORTAL_EWS_USER may not open the calendar of PORTAL_EWS_MAILBOX. {GUIDE}",
    "ErrorInvalidServerVersion": "Exchange does not speak PORTAL_EWS_VERSION: try an older one.",
    "": "The calendar does not answer (%(code)s). Check PORTAL_EWS_URL, PORTAL_EWS_CA and the network.",
}
GRAPH_SIGN_IN = {
    "AADSTS7000215": "PORTAL_GRAPH_SECRET is not right: it is the secret's value, which Entra shows once, not its id.",
    "AADSTS7000222": "The secret has expired. Make a new one in Entra, and put it into PORTAL_GRAPH_SECRET.",
    "AADSTS700016": "The tenant has no such app. Check PORTAL_GRAPH_CLIENT and PORTAL_GRAPH_TENANT.",
    "AADSTS90002": "There is no such tenant. Check PORTAL_GRAPH_TENANT.",
    "AADSTS900023": "There is no such tenant. Check PORTAL_GRAPH_TENANT.",
    "AADSTS53003": "A rule of conditional access in Entra shuts the app out.",
    "": (
        "Microsoft refuses the sign-in (%(code)s). Check PORTAL_GRAPH_TENANT, PORTAL_GRAPH_CLIENT and"
        " PORTAL_GRAPH_SECRET, and start the worker again."
    ),
}
_NO_MAILBOX = "Exchange Online has no mailbox at PORTAL_GRAPH_MAILBOX."
_NOT_ALLOWED = f"The app may not use the calendar of PORTAL_GRAPH_MAILBOX: it needs Calendars.ReadWrite there. {GUIDE}"
GRAPH_TROUBLE = {
    "ErrorAccessDenied": _NOT_ALLOWED,
    "Authorization_RequestDenied": _NOT_ALLOWED,
    "Status403": _NOT_ALLOWED,
    "ErrorInvalidUser": _NO_MAILBOX,
    "Request_ResourceNotFound": _NO_MAILBOX,
    "ResourceNotFound": _NO_MAILBOX,
    "MailboxNotEnabledForRESTAPI": _NO_MAILBOX,
    "": (
        "Graph does not answer (%(code)s). Check PORTAL_GRAPH_URL, PORTAL_GRAPH_AUTHORITY, the proxy and the network."
    ),
}


def advice(trouble: CalendarUnavailable) -> str:
    """Say in plain words what to mend."""
    if trouble.wait is not None and not isinstance(trouble, SignInRefused):
        return BUSY
    is_graph = current_settings().calendar == "graph"
    if isinstance(trouble, SignInRefused):
        return _words(GRAPH_SIGN_IN if is_graph else EXCHANGE_SIGN_IN, trouble)
    return _words(GRAPH_TROUBLE if is_graph else EXCHANGE_TROUBLE, trouble)


def examine(addresses: Sequence[str]) -> tuple[bool, str]:
    """Try what the portal needs of the calendar; tell whether all is well, and what was found."""
    calendar = current_calendar()
    try:
        calendar.find(NOBODY)
        busy = calendar.free_busy(addresses, starts_at=clock.now(), ends_at=clock.now() + A_DAY) if addresses else ()
    except CalendarUnavailable as trouble:
        return False, advice(trouble)
    rooms = _rooms(calendar)
    if rooms is None:
        return (
            False,
            f"Rooms can be booked, but their list cannot be fetched. {GUIDE}",
        )
    broken = [each for each in busy if each.problem]
    if broken:
        return False, f"{len(broken)} of {len(busy)} rooms do not tell when they are busy: {_named(broken)}. {GUIDE}"
    return True, f"The calendar answers and knows {len(rooms)} rooms."


def _rooms(calendar: RoomCalendar) -> Sequence[FoundRoom] | None:
    try:
        return calendar.list_rooms()
    except CalendarUnavailable:
        return None


def _named(broken: Sequence[BusyTimes]) -> str:
    named = ", ".join(f"{each.address} ({each.problem})" for each in broken[:MOST_NAMED])
    return f"{named} …" if len(broken) > MOST_NAMED else named


def _words(words: Mapping[str, str], trouble: CalendarUnavailable) -> str:
    return words.get(str(trouble), words[""]) % {"code": trouble}
