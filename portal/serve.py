"""The server: one ASGI application of the live hub and of Flask in threads, under uvicorn."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
import time
from collections.abc import Callable
from functools import partial

import uvicorn
from a2wsgi import WSGIMiddleware
from flask import Flask

from portal import create_app
from portal.blueprints.shifts.service import presence
from portal.core import jobs, live
from portal.core.db import transaction
from portal.core.settings import current_settings
from portal.web.requests import log_to_stderr
from portal.web.stream.hub import PATH, Hub, Receive, Scope, Send
from portal.worker import Worker

THREADS = 12
LISTENS_WITHIN = 10.0  # seconds
UNHEARD_SECONDS = 40


class Server:
    """Streams by the hub, everything else by Flask."""

    def __init__(self, app: Flask, *, worker_inside: bool) -> None:
        self.flask = WSGIMiddleware(app, workers=THREADS)  # type: ignore[arg-type]
        self.hub = Hub(app, presence=noting_presence(app))
        self.worker = Worker(app) if worker_inside else None
        self.stopping = threading.Event()
        self.listening: list[threading.Event] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "GET":
            give_up_on_the_dead(send)
            await self.hub(scope, receive, send)
        elif scope["type"] == "http":
            # To WSGI x_name is X-Name: what a stranger spells so must not stand where the proxy's own word is read.
            scope["headers"] = [(name, value) for name, value in scope["headers"] if b"_" not in name]
            await self.flask(scope, receive, send)  # type: ignore[arg-type]

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.start()
        await asyncio.to_thread(self._wait_until_it_listens)
        spare_the_collector()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    def start(self) -> None:
        """Begin to hear and to work."""
        self.hub.start()
        by_database = not current_settings().is_sqlite
        if live.travels_by_relay():
            self._listen(live.follow_relay)
        if self.worker:
            self.worker.start()
            self.listening += [self.worker.listens] if by_database else []
        elif by_database and not live.travels_by_relay():
            url = current_settings().database_url
            self._listen(partial(live.follow_database, url, on_job=jobs.wake.set))

    def stop(self) -> None:
        """End the streams and the work."""
        self.stopping.set()
        self.hub.stop()
        if self.worker:
            self.worker.stop()

    def _listen(self, follow: Callable[..., None]) -> None:
        ready = threading.Event()
        words = {"stop": self.stopping, "ready": ready}
        threading.Thread(target=follow, kwargs=words, name="live-listen", daemon=True).start()
        self.listening.append(ready)

    def _wait_until_it_listens(self) -> None:
        # The first stream must miss nothing. Where nobody answers, pages are served all the same; when the connection
        # is there, everybody looks again.
        until = time.monotonic() + LISTENS_WITHIN
        for ready in self.listening:
            ready.wait(max(0.0, until - time.monotonic()))


def give_up_on_the_dead(send: Send) -> None:
    """Let the system close a connection whose other end takes nothing any more: by itself it tries for a quarter hour.

    The server gives no other way to the socket. Without it, or on another system, the end of a stream's time does it.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    plug = transport.get_extra_info("socket") if transport else None
    if plug and plug.family in {socket.AF_INET, socket.AF_INET6} and hasattr(socket, "TCP_USER_TIMEOUT"):
        plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD_SECONDS * 1000)


def noting_presence(app: Flask) -> Callable[[set[int]], None]:
    """Give what notes who has a page open in this process."""
    holder = jobs.new_holder()

    def note(person_ids: set[int]) -> None:
        with app.app_context(), transaction():
            presence.note(holder, person_ids)

    return note


def spare_the_collector() -> None:
    """Leave what lives as long as the process out of every garbage collection, and collect less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def application() -> Server:
    """Make the application in a process that uvicorn has started."""
    log_to_stderr()
    return Server(create_app(), worker_inside=False)


def serve(app: Flask, *, host: str, port: int, processes: int = 1, worker_inside: bool = True) -> None:
    """Serve until told to stop. Several processes each make an app of their own from the environment."""
    is_alone = processes == 1
    if is_alone:
        log_to_stderr()
    uvicorn.run(
        Server(app, worker_inside=worker_inside) if is_alone else "portal.serve:application",
        factory=not is_alone,
        host=host,
        port=port,
        workers=processes,
        http="httptools",
        loop="asyncio",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # the app trusts them as configured, or not at all
        timeout_keep_alive=15,
        timeout_graceful_shutdown=2,  # open streams would hold the server up for good
        h11_max_incomplete_event_size=64 * 1024,
    )
