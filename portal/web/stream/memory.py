"""What was told lately, numbered, so that whoever comes back hears exactly what was missed."""

from __future__ import annotations

import json
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

LOOK_AGAIN = "up"  # the topic on which every page fetches afresh what it shows
REMEMBERED_SECONDS = 60
REMEMBERED = 4000


@dataclass(frozen=True, slots=True)
class Message:
    """One topic as it is told: written once, however many hear it."""

    number: int
    moment: float
    topic: str
    line: bytes


class Memory:
    """What was told in the last minute, with the moment on the clock of the machine (epoch seconds)."""

    def __init__(self, began: float) -> None:
        self.mark = secrets.token_hex(4)  # numbers mean something in the process that counted them, and in no other
        self.number = 0
        self._told: deque[Message] = deque()
        self._whole_since = began  # everything told from then on is here
        self._whole_after = 0

    def write(self, topic: str, *, with_id: bool = True) -> bytes:
        """Write a message; its id says that everything up to now has been told."""
        mark = f"id: {self.mark}-{self.number}\n" if with_id else ""
        return f"{mark}data: {json.dumps({'topic': topic})}\n\n".encode()

    def note(self, topic: str, moment: float) -> Message:
        """Number a topic and remember it, and forget what is too old or too much."""
        self.number += 1
        message = Message(self.number, moment, topic, self.write(topic))
        self._told.append(message)
        while self._told[0].moment < moment - REMEMBERED_SECONDS or len(self._told) > REMEMBERED:
            forgotten = self._told.popleft()
            self._whole_since, self._whole_after = forgotten.moment, forgotten.number
        return message

    def since(self, moment: float) -> list[Message] | None:
        """Give what was told since a moment, each topic once; None where that is not known."""
        return None if moment <= self._whole_since else self._newest(lambda message: message.moment >= moment)

    def after(self, last: str) -> list[Message] | None:
        """Give what was told after the message with this id, each topic once; None where that is not known."""
        mark, _, number = last.partition("-")
        if mark != self.mark or not (number.isascii() and number.isdigit() and len(number) <= 18):
            return None
        if not self._whole_after <= int(number) <= self.number:
            return None
        return self._newest(lambda message: message.number > int(number))

    def _newest(self, is_news: Callable[[Message], bool]) -> list[Message]:
        found: dict[str, Message] = {}
        for message in reversed(self._told):
            if not is_news(message):
                break
            found.setdefault(message.topic, message)
        return list(reversed(found.values()))
