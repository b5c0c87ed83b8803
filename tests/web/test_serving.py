"""The server as it runs, in a thread of the test: what becomes of the sockets, and who is noted as being there."""

from __future__ import annotations

import asyncio
import http.client
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from flask import Flask
from sqlalchemy import select

from portal.blueprints.shifts.models import Presence
from portal.core.db import transaction
from portal.serve import UNHEARD_SECONDS, Scope, Server
from tests.journeys.portal import wait_until
from tests.ports import free_port
from tests.web.listening import newcomer


@contextmanager
def serving(own: Flask) -> Iterator[uvicorn.Server]:
    """Serve an app until the block ends."""
    port = free_port()
    words = {"http": "httptools", "loop": "asyncio", "log_config": None, "timeout_graceful_shutdown": 2}
    config = uvicorn.Config(Server(own, worker_inside=False), host="127.0.0.1", port=port, **words)  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started, "the server to start")
        yield server
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()


def listen(server: uvicorn.Server, cookie: str) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", server.config.port, timeout=30)
    connection.request("GET", "/live", headers={"Cookie": cookie})
    answer = connection.getresponse()
    while b"here" not in answer.readline():
        pass
    return connection


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such bound")
def test_the_system_gives_a_stream_up_whose_other_end_takes_nothing_any_more(own: Flask) -> None:
    _, cookie = newcomer(own)
    with serving(own) as server:
        connection = listen(server, cookie)
        (held,) = server.server_state.connections
        plug = held.transport.get_extra_info("socket")  # type: ignore[union-attr]
        assert plug.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == UNHEARD_SECONDS * 1000
        connection.close()


def test_who_has_a_page_open_is_noted_and_no_longer_when_it_is_closed(own: Flask) -> None:
    anne_id, cookie = newcomer(own)

    def there() -> list[int]:
        with own.app_context(), transaction() as session:
            return list(session.scalars(select(Presence.person_id)))

    with serving(own) as server:
        assert there() == []
        connection = listen(server, cookie)
        wait_until(lambda: there() == [anne_id], "her to be noted")
        connection.close()
        wait_until(lambda: there() == [], "her to be gone")


def test_a_header_with_an_underscore_takes_no_other_ones_place(own: Flask) -> None:
    reached: list[list[tuple[bytes, bytes]]] = []

    async def flask(scope: Scope, _receive: object, _send: object) -> None:
        reached.append(scope["headers"])

    server = Server(own, worker_inside=False)
    server.flask = flask  # type: ignore[assignment]
    sent = [(b"x-forwarded-for", b"10.0.0.1"), (b"x_forwarded_for", b"203.0.113.9"), (b"accept", b"*/*")]
    scope = {"type": "http", "path": "/helse", "method": "GET", "headers": sent}
    asyncio.run(server(scope, None, None))  # type: ignore[arg-type]
    assert reached == [[(b"x-forwarded-for", b"10.0.0.1"), (b"accept", b"*/*")]]
