"""Listeners at the hub: as a server would call it, but with nothing between that could hold a message back."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from flask import Flask

from portal.blueprints.people.models import Person
from portal.core.db import transaction
from portal.web.stream.hub import Hub, Note
from tests.client import AuditingClient
from tests.factories.people import make_person

PATIENCE = 30.0  # seconds; far more than anything takes


def newcomer(own: Flask, name: str = "Anne Askeland") -> tuple[int, str]:
    """Make a colleague who is signed in; give the id and the cookie."""
    with own.app_context():
        with transaction():
            person = make_person(name)
            person_id = person.id
        return person_id, cookie_of(own, person)


def cookie_of(own: Flask, person: Person) -> str:
    """Sign in and give what the browser would send."""
    browser = AuditingClient(own)
    browser.sign_in(person)
    kept = browser.get_cookie(own.config["SESSION_COOKIE_NAME"])
    assert kept
    return f"{kept.key}={kept.value}"


class Listener:
    """One who listens: what came, and when it ended."""

    def __init__(self, hub: Hub, cookie: str, *, query: str = "", last: str = "", is_stuck: bool = False) -> None:
        headers = [(b"cookie", cookie.encode())] + ([(b"last-event-id", last.encode())] if last else [])
        self.scope = {
            "type": "http",
            "path": "/live",
            "method": "GET",
            "query_string": query.encode(),
            "headers": headers,
        }
        self.status = 0
        self.text = ""
        self.is_stuck = is_stuck
        self._gone = asyncio.Event()
        self.task = asyncio.ensure_future(hub(self.scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.text += message["body"].decode()
            if self.is_stuck:
                await asyncio.Event().wait()

    @property
    def topics(self) -> list[str]:
        """Give the topics that came, in their order."""
        return [json.loads(line)["topic"] for line in re.findall(r"^data: (.*)$", self.text, re.MULTILINE)]

    @property
    def news(self) -> list[str]:
        """Give the topics without what the stream says of itself."""
        return [topic for topic in self.topics if topic not in {"here", "beat"}]

    @property
    def last(self) -> str:
        """Give the id that came last, as a browser remembers it."""
        return re.findall(r"^id: (.*)$", self.text, re.MULTILINE)[-1]

    async def is_here(self) -> Listener:
        """Wait until the stream is open."""
        await until(lambda: self.topics)
        return self

    def leave(self) -> None:
        """Close the connection from this side."""
        self._gone.set()


async def until(happens: Callable[[], object]) -> None:
    """Wait for something."""
    async with asyncio.timeout(PATIENCE):
        while not happens():
            await asyncio.sleep(0.005)


def at_the_hub(own: Flask, visit: Callable[[Hub], Awaitable[None]], *, presence: Note | None = None) -> None:
    """Run something at a hub that has begun, and end it. Its clock stands still: seconds pass where a test says so."""

    async def run() -> None:
        hub = Hub(own, presence=presence)
        hub.start()
        if hub._ticking:
            hub._ticking.cancel()
        try:
            await visit(hub)
        finally:
            hub.stop()
            await until(lambda: not hub.streams)

    asyncio.run(run())
