"""Which rooms there are, and when they are taken: questions that change nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from exchangelib import Account
from exchangelib.errors import TransportError
from exchangelib.properties import FreeBusyView, FreeBusyViewOptions, MailboxData, TimeWindow
from exchangelib.services import GetUserAvailability

from portal.blueprints.rooms.adapters.exchange import errors
from portal.blueprints.rooms.adapters.exchange.connection import ZONE
from portal.blueprints.rooms.adapters.exchange.shapes import moment, oslo
from portal.blueprints.rooms.ports import FoundRoom

LEAST_INTERVAL, USUAL_INTERVAL = 5, 30  # minutes of one letter in the merged view, which nobody reads


def rooms(account: Account) -> Iterator[FoundRoom]:
    """Give the rooms of every room list, each once."""
    seen = set()
    for room_list in account.protocol.get_roomlists():
        for room in account.protocol.get_rooms(room_list.email_address):
            address = room.email_address.lower()
            if address not in seen:
                seen.add(address)
                yield FoundRoom(address=address, name=room.name or address)


class RoomAvailability(GetUserAvailability):
    """Leaves every error in its room's place. exchangelib raises most of them, and loses the answer for all rooms."""

    ERRORS_TO_CATCH_IN_RESPONSE = (TransportError,)


def views(
    account: Account, addresses: Sequence[str], *, starts_at: datetime, ends_at: datetime
) -> list[FreeBusyView | Exception]:
    """Ask for up to a hundred rooms in one round trip."""
    mailboxes = [MailboxData(email=address, attendee_type="Resource") for address in addresses]
    options = FreeBusyViewOptions(
        time_window=TimeWindow(start=moment(starts_at), end=moment(ends_at)),
        merged_free_busy_interval=_interval(ends_at - starts_at),
        requested_view="FreeBusy",
    )
    # Not get_free_busy_info(): it first asks for the server's time zones, which some servers lack.
    found = list(
        RoomAvailability(account.protocol).call(
            tzinfo=ZONE, mailbox_data=mailboxes, timezone=oslo(), free_busy_view_options=options
        )
    )
    # The same trouble with every room is no room's trouble, but the server's.
    if found and all(isinstance(view, errors.OF_THE_HOUSE) for view in found):
        raise found[0]
    return found


def _interval(window: timedelta) -> int:
    # It must not be longer than the window, or the whole question is refused.
    return max(LEAST_INTERVAL, min(USUAL_INTERVAL, window // timedelta(minutes=1)))
