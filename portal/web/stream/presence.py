"""Who is there, as open streams and knocks show it: told now and then to whoever wants to know, and not kept here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

log = logging.getLogger(__name__)

Note = Callable[[set[int]], None]
SETTLE_SECONDS = 2  # from one page to the next a stream closes and opens: that is nobody coming or going
REPEAT_SECONDS = 30
KNOCK_LASTS_SECONDS = 60  # who looks by the clock knocks at least every 50 s (the pauses of live.js)


class Presence:
    """Tells the whole set of this process when somebody has come or gone, and again every half minute."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._told: set[int] = set()
        self._told_at = float("-inf")
        self._moved_at: float | None = None
        self._telling: asyncio.Future[None] | None = None
        self._knocks: dict[int, float] = {}

    def moved(self, moment: float) -> None:
        """Remember that a person's first stream has opened or the last one has closed."""
        if self._moved_at is None:
            self._moved_at = moment

    def knocked(self, person_id: int, moment: float) -> None:
        """Remember that a person is there to whom no stream comes through: they can be rung as well as others."""
        if person_id not in self._knocks:
            self.moved(moment)
        self._knocks[person_id] = moment

    def signed_out(self, person_id: int, moment: float) -> None:
        """Forget the knocks of a person; another browser of theirs knocks again."""
        if self._knocks.pop(person_id, None) is not None:
            self.moved(moment)

    def look(self, people: Iterable[int], moment: float) -> None:
        """Tell, off the loop, if it is time; never twice at once."""
        if self._telling and not self._telling.done():
            return
        for person_id, at in list(self._knocks.items()):
            if moment - at >= KNOCK_LASTS_SECONDS:
                self.signed_out(person_id, moment)
        here = {*people, *self._knocks}
        has_settled = self._moved_at is not None and moment - self._moved_at >= SETTLE_SECONDS
        is_time = moment - self._told_at >= REPEAT_SECONDS and bool(here)
        if has_settled or is_time:
            self._moved_at = None
        if is_time or (has_settled and here != self._told):
            self._told, self._told_at = here, moment
            self._telling = asyncio.get_running_loop().run_in_executor(None, self._tell, here)

    def _tell(self, here: set[int]) -> None:
        try:
            self._note(set(here))
        except Exception as error:  # the next half minute tells it again
            log.warning("live.presence_not_noted", extra={"fault": type(error).__name__})
