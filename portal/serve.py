"""The server: one ASGI application of the live hub and of Flask in threads, under uvicorn."""

from __future__ import annotations

import gc
import threading

import uvicorn
from a2wsgi import WSGIMiddleware
from flask import Flask

from portal import create_app
from portal.core import jobs, live
from portal.core.settings import current_settings
from portal.web.requests import log_to_stderr
from portal.web.stream.hub import PATH, Hub, Receive, Scope, Send
from portal.worker import Worker

THREADS = 12


class Server:
    """Streams by the hub, everything else by Flask."""

    def __init__(self, app: Flask, *, worker_inside: bool) -> None:
        self.flask = WSGIMiddleware(app, workers=THREADS)  # type: ignore[arg-type]
        self.hub = Hub(app)
        self.worker = Worker(app) if worker_inside else None
        self.stopping = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "GET":
            await self.hub(scope, receive, send)
        elif scope["type"] == "http":
            await self.flask(scope, receive, send)  # type: ignore[arg-type]

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.start()
        spare_the_collector()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    def start(self) -> None:
        """Begin to hear and to work."""
        self.hub.start()
        if self.worker:
            self.worker.start()
        elif not current_settings().is_sqlite:
            threading.Thread(target=self._listen, name="live-listen", daemon=True).start()

    def stop(self) -> None:
        """End the streams and the work."""
        self.stopping.set()
        self.hub.stop()
        if self.worker:
            self.worker.stop()

    def _listen(self) -> None:
        live.follow_database(current_settings().database_url, on_job=jobs.wake.set, stop=self.stopping)


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
