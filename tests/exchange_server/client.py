"""A remote control for the test Exchange server, over HTTP, the same for a thread and a process."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen


class Remote:
    """Script rooms, faults and people's edits on a running test Exchange server."""

    def __init__(self, base: str) -> None:
        self.base = base

    def room(self, address: str, **values: Any) -> None:
        """Add a room, or change how it behaves."""
        self._call("POST", "rooms", {"address": address, **values})

    def fault(self, kind: str, **values: Any) -> None:
        """Script a fault."""
        self._call("POST", "faults", {"kind": kind, **values})

    def calm(self) -> None:
        """Remove every fault."""
        self._call("DELETE", "faults")

    def advance(self, seconds: float) -> None:
        """Move the server's clock."""
        self._call("POST", "clock", {"advance": seconds})

    def occupy(self, room: str, starts_at: datetime, ends_at: datetime, *, uid: str = "", busy: str = "Busy") -> None:
        """Let somebody else have a room."""
        body = {"room": room, "starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat(), "busy": busy}
        self._call("POST", "entries", body | ({"uid": uid} if uid else {}))

    def free(self, uid: str) -> None:
        """Take an entry out of the rooms' calendars, as somebody with rights to them might."""
        self._call("DELETE", f"entries/{quote(uid, safe='')}")

    def move(self, meeting_id: str, starts_at: datetime, ends_at: datetime) -> None:
        """Move a meeting in Outlook."""
        body = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
        self._call("POST", f"meetings/{meeting_id}", body)

    def respond(self, meeting_id: str, room: str, response: str) -> None:
        """Let a delegate answer for a room."""
        self._call("POST", f"meetings/{meeting_id}", {"responses": {room: response}})

    def invite_person(self, meeting_id: str, address: str, response: str) -> None:
        """Let somebody add a colleague in Outlook, and the colleague answer."""
        self._call("POST", f"people/{meeting_id}", {"address": address, "response": response})

    def repeat(self, meeting_id: str) -> None:
        """Let somebody make a meeting into a series."""
        self._call("POST", f"series/{meeting_id}")

    def forget_changes(self) -> None:
        """Let every token of changes be too old."""
        self._call("DELETE", "changes")

    def delete(self, meeting_id: str) -> None:
        """Delete a meeting in Outlook."""
        self._call("DELETE", f"meetings/{meeting_id}")

    def reset(self) -> None:
        """Forget everything."""
        self._call("POST", "reset")

    def state(self) -> Any:
        """Show everything the server knows."""
        return self._call("GET", "state")

    def figures(self) -> Any:
        """Show what has been counted: calls, faults that have struck, how long meetings stood doubled."""
        return self._call("GET", "figures")

    def meetings(self) -> list[dict[str, Any]]:
        """Give the organiser's items."""
        return list(self.state()["meetings"])

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.base}/control/{path}", data=content, method=method)
        with urlopen(request, timeout=30) as response:
            return json.load(response)
