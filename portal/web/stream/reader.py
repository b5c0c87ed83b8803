"""One open stream: what waits to be written to it, and which topics its reader may hear."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

QUEUE_LENGTH = 64
# Of a person: told to that person's own streams alone.
PRIVATE = frozenset({"person", "ring"})
PATIENCE_BEATS = 3  # beats that a reader may leave lying before the stream is taken for dead


def owner(topic: str) -> int | None:
    """Tell whose topic it is; None means everybody's, 0 nobody's."""
    kind, _, rest = topic.partition("-")
    if kind == "session":
        return 0
    if kind not in PRIVATE:
        return None
    return int(rest) if rest.isascii() and rest.isdigit() else 0


class Stream:
    """One open connection of one person. Lives on the loop alone."""

    def __init__(self, person_id: int, cookie: str = "", *, look_again: Callable[[], bytes] = lambda: b"") -> None:
        self.person_id = person_id
        self.cookie = cookie
        self.until = float("inf")  # on the clock of the loop; a stream that lives for ever would be trusted for ever
        self.task: asyncio.Task[None] | None = None
        self._look_again = look_again
        self._lines: deque[bytes] = deque()
        self._news: asyncio.Future[None] | None = None
        self._unread_beats = 0
        self._is_over = False

    def hears(self, topic: str) -> bool:
        """Tell whether the topic is for this person."""
        return owner(topic) in {None, self.person_id}

    def tell(self, line: bytes) -> None:
        """Queue a line; a reader too slow to follow is told to look at everything again."""
        if self._is_over:
            return
        if len(self._lines) >= QUEUE_LENGTH:
            self._lines.clear()
            line = self._look_again()
        self._lines.append(line)
        self._wake()

    def beat(self, line: bytes) -> None:
        """Say that the connection lives; who has left several beats unread is gone without a word."""
        self._unread_beats = self._unread_beats + 1 if self._lines else 0
        if self._unread_beats >= PATIENCE_BEATS and self.task:
            self.task.cancel()
        else:
            self.tell(line)

    def end(self) -> None:
        """Close the connection; what waits is not written any more."""
        self._is_over = True
        self._lines.clear()
        self._wake()

    async def next(self) -> bytes:
        """Wait for something to write, and give all of it at once; nothing when the stream has ended."""
        while not self._lines and not self._is_over:
            self._news = asyncio.get_running_loop().create_future()
            await self._news
        waiting = b"".join(self._lines)
        self._lines.clear()
        return waiting

    def _wake(self) -> None:
        if self._news and not self._news.done():
            self._news.set_result(None)
