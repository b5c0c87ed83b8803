"""The service mailbox's calendar in Graph: what is asked of it, and the source of our copy."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from portal.blueprints.rooms.adapters.graph import shapes
from portal.blueprints.rooms.adapters.graph.line import Json, Line, Lost, Refused
from portal.blueprints.rooms.adapters.kept import Changes, TokenLost
from portal.blueprints.rooms.ports import BusyTimes, FoundRoom, Meeting, Wish

MOST_SCHEDULES = 20  # in one question
PAGE = "200"
TRIES = 3  # of each page
MOST_PAGES = 200
LEAST_INTERVAL, USUAL_INTERVAL = 5, 30  # minutes of one letter in the availability view, which nobody reads
FORGOTTEN = (400, 404, 410)  # how different servers say that a token of changes is too old


class GraphMailbox:
    """Speaks Graph, and knows nothing of doubt and rest."""

    def __init__(self, line: Line, mailbox: str, known_rooms: Collection[str]) -> None:
        self._line = line
        self._root = f"/users/{quote(mailbox, safe='@')}"
        self._known_rooms = known_rooms

    def rooms(self) -> list[FoundRoom]:
        """Give the rooms of the house, each once."""
        found = {
            room.address: room for room in shapes.rooms_of(self._all("/places/microsoft.graph.room", {"$top": PAGE}))
        }
        return list(found.values())

    def schedules(self, addresses: Sequence[str], *, starts_at: datetime, ends_at: datetime) -> list[BusyTimes]:
        """Tell when up to twenty rooms are taken; answers are told apart by their address, not by their order."""
        minutes = int((ends_at - starts_at).total_seconds() // 60)
        body = {
            "schedules": list(addresses),
            "startTime": shapes.moment(starts_at),
            "endTime": shapes.moment(ends_at),
            "availabilityViewInterval": max(LEAST_INTERVAL, min(USUAL_INTERVAL, minutes)),
        }
        answer = self._line.post(f"{self._root}/calendar/getSchedule", body)
        found = {str(each.get("scheduleId", "")).lower(): each for each in _values(answer)}
        return [shapes.busy_times(address, found.get(address.lower())) for address in addresses]

    def create(self, wish: Wish, *, transaction_id: str) -> Meeting:
        """Put a meeting into the calendar and invite the room. The same transaction again gives the same meeting."""
        event = self._line.post(f"{self._root}/calendar/events", shapes.event_of(wish, transaction_id=transaction_id))
        return shapes.meeting_of(event, wish.key, self._known_rooms)

    def find(self, key: str) -> list[Meeting]:
        """Find our meetings by the key they carry."""
        query = {"$filter": shapes.by_key(key), "$expand": shapes.EXPAND, "$select": shapes.SELECT, "$top": PAGE}
        found = shapes.meetings_of(self._all(f"{self._root}/calendar/events", query), self._known_rooms)
        return [meeting for meeting in found if meeting.key == key]

    def cancel(self, remote_id: str) -> None:
        """Take a meeting away and tell the room."""
        self._line.post(f"{self._address(remote_id)}/cancel", {})

    def delete(self, remote_id: str) -> None:
        """Take away what cannot be cancelled; whoever was invited is told all the same."""
        self._line.delete(self._address(remote_id))

    def begin(self, *, starts_at: datetime, ends_at: datetime) -> str:
        """Run through an interval to learn the token of this moment."""
        query = {"startDateTime": shapes.stamp(starts_at), "endDateTime": shapes.stamp(ends_at)}
        _, token = self._round(f"{self._root}/calendarView/delta", query)
        return token

    def everything(self, *, starts_at: datetime, ends_at: datetime) -> Sequence[Meeting]:
        """Give every meeting of ours in an interval."""
        query = {
            "startDateTime": shapes.stamp(starts_at),
            "endDateTime": shapes.stamp(ends_at),
            "$expand": shapes.EXPAND,
            "$select": shapes.SELECT,
            "$top": PAGE,
        }
        return shapes.meetings_of(self._all(f"{self._root}/calendarView", query, tries=TRIES), self._known_rooms)

    def changes(self, token: str) -> Changes:
        """Give what has changed. Our key is not among what a change tells: the transaction is, or we look."""
        try:
            events, token = self._round(token, None)
        except Refused as refusal:
            if refusal.status in FORGOTTEN:
                raise TokenLost from None
            raise
        latest = {str(event.get("id")): event for event in events}
        changed = {remote_id: self._changed(remote_id, event) for remote_id, event in latest.items()}
        return Changes(
            changed=[meeting for meeting in changed.values() if meeting is not None],
            gone=frozenset(remote_id for remote_id, meeting in changed.items() if meeting is None),
            token=token,
        )

    def _changed(self, remote_id: str, event: Json) -> Meeting | None:
        if not shapes.is_standing(event):
            return None
        key = shapes.transaction_key_of(event)
        if key and shapes.is_whole(event):
            return shapes.meeting_of(event, key, self._known_rooms)
        try:
            found = self._line.get(self._address(remote_id), query={"$expand": shapes.EXPAND, "$select": shapes.SELECT})
        except Refused as refusal:
            if refusal.status == 404:
                return None
            raise
        return next(iter(shapes.meetings_of([found], self._known_rooms)), None)

    def _round(self, address: str, query: Mapping[str, str] | None) -> tuple[list[Json], str]:
        """Follow a round of changes to its end; give them and the token for the next round."""
        events: list[Json] = []
        for _ in range(MOST_PAGES):
            page = self._page(address, query, prefer=[f"odata.maxpagesize={PAGE}"], tries=TRIES)
            events += _values(page)
            if "@odata.deltaLink" in page:
                return events, str(page["@odata.deltaLink"])
            address, query = str(page.get("@odata.nextLink", "")), None
            if not address:
                raise shapes.Unreadable("Round")
        raise shapes.Unreadable("TooManyPages")

    def _all(self, address: str, query: Mapping[str, str] | None, *, tries: int = 1) -> Iterator[Json]:
        for _ in range(MOST_PAGES):
            page = self._page(address, query, tries=tries)
            yield from _values(page)
            if not page.get("@odata.nextLink"):
                return
            address, query = str(page["@odata.nextLink"]), None
        raise shapes.Unreadable("TooManyPages")

    def _page(self, address: str, query: Mapping[str, str] | None, *, prefer: Sequence[str] = (), tries: int) -> Json:
        """Read a page, and once more after an accident: at the last of many it is not to cost all those before it."""
        for _ in range(tries - 1):
            try:
                return self._line.get(address, query=query, prefer=prefer)
            except (Lost, Refused) as error:
                if not _may_pass(error):
                    raise
        return self._line.get(address, query=query, prefer=prefer)

    def _address(self, remote_id: str) -> str:
        return f"{self._root}/events/{quote(remote_id, safe='')}"


def _values(page: Json) -> list[dict[str, Any]]:
    values = page.get("value")
    if not isinstance(values, list) or not all(isinstance(each, dict) for each in values):
        raise shapes.Unreadable("Page")
    return values


def _may_pass(error: Lost | Refused) -> bool:
    """Tell whether asking the same once more, at once, is worth while; what took long once may take long again."""
    if isinstance(error, Refused):
        return error.status >= 500 and error.wait is None
    return "Timeout" not in str(error)
