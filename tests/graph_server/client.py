"""A remote control for the test Graph server: that of the test Exchange server, and a few acts more."""

from __future__ import annotations

from tests.exchange_server.client import Remote


class GraphRemote(Remote):
    """Script rooms, faults and people's edits on a running test Graph server."""

    def copy(self, meeting_id: str) -> None:
        """Let somebody copy a meeting in Outlook, hidden properties and all, and send it."""
        self._call("POST", f"copies/{meeting_id}")

    def make_whole_day(self, meeting_id: str) -> None:
        """Let somebody turn a meeting into one of the whole day."""
        self._call("POST", f"days/{meeting_id}")

    def appointment(self, starts_at: str, ends_at: str) -> None:
        """Put something into the mailbox's own calendar that is none of ours."""
        self._call("POST", "appointments", {"starts_at": starts_at, "ends_at": ends_at})

    def revoke_tokens(self) -> None:
        """Take back every token that was given."""
        self._call("DELETE", "tokens")

    def limit(self, **values: int) -> None:
        """Set the largest page, or how many calls may run at once."""
        self._call("POST", "limits", values)
