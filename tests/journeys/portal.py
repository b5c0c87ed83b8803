"""A portal in a process of its own, and the Exchange server that its rooms live in."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import create_engine, text

from portal.core.clock import OSLO
from tests.exchange_server.client import Remote
from tests.exchange_server.server import PATH, ExchangeServer
from tests.journeys import desk
from tests.journeys.desk import CAST, Cast
from tests.journeys.launch import STREAMS
from tests.ports import free_port

ROOT = Path(__file__).parent.parent.parent
MORNING = datetime(2027, 3, 1, 8, 0, tzinfo=OSLO)  # a Monday, four weeks before summer time
PATIENCE = 30.0  # seconds; far more than anything takes, so that a busy machine is no failure
START = 120.0  # to start takes seconds of work; beside others on a machine, many more
GLANCE = 0.05


def wait_until(is_so: Callable[[], object], what: str, *, patience: float = PATIENCE) -> None:
    """Look again and again until it is so."""
    until = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > until:
            raise AssertionError(f"waited {patience:.0f} s in vain: {what}")
        time.sleep(GLANCE)


def answers(url: str) -> bool:
    """Tell whether something answers at an address."""
    try:
        with urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


@dataclass(kw_only=True)
class Running:
    """A program of ours that runs, and what it has written."""

    words: list[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self, *, until: Callable[[], bool], what: str) -> None:
        """Start, and wait until it is there."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.words], cwd=ROOT, env=self._environment(), stdout=log, stderr=log
            )
        wait_until(lambda: self._must_live() and until(), what, patience=START)

    def stop(self, *, patience: float = 15.0) -> None:
        """End it by its own id, gently and then not."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _must_live(self) -> bool:
        assert self.process
        if self.process.poll() is not None:
            raise AssertionError(f"{self.words[0]} has ended with {self.process.returncode}:\n{self.tail()}")
        return True

    def tail(self, length: int = 4000) -> str:
        """Give the end of what it has written."""
        return self.log.read_text("utf-8", "replace")[-length:] if self.log.exists() else ""

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        return kept | self.environment


@contextlib.contextmanager
def exchange(folder: Path) -> Iterator[Remote]:
    """Run the test Exchange server with the desk's rooms in it."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    words = ["tests.exchange_server", "--port", str(port), "--state", str(folder / "exchange.json")]
    server = Running(words=words, log=folder / "exchange.log")
    server.start(until=lambda: answers(f"{base}/control/state"), what="the Exchange server to answer")
    try:
        remote = Remote(base)
        for place in desk.PLACES:
            # The late one answers when the test moves the server's clock, and not before.
            remote.room(place.address, name=place.name, mode=place.mode, delay=3600)
        yield remote
    finally:
        server.stop()


class Portal:
    """The portal that a journey walks through."""

    def __init__(self, folder: Path, *, database: str, exchange: Remote | None, week: bool = False) -> None:
        self.folder, self.database, self.rooms = folder, database, exchange
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.mail = folder / "mail"
        ahead = (MORNING - datetime.now(OSLO)).total_seconds()
        words = ["tests.journeys.launch", "--port", str(self.port), "--ahead", str(ahead)]
        if week:
            words.append("--week")
        self.running = Running(words=words, log=folder / "portal.log", environment=self._settings(demo=week))

    def _settings(self, *, demo: bool) -> dict[str, str]:
        settings = {
            "PORTAL_FOLDER": str(self.folder / "var"),
            "PORTAL_DATABASE": self.database,
            "PORTAL_BASE_URL": self.url,
            "PORTAL_MAIL": f"folder:{self.mail}",
            "PORTAL_DUTY_PHONE": "55123456",
            "PORTAL_DEMO": "1" if demo else "0",  # a week to look at comes with /stil and the door of the demo
        }
        if self.rooms:
            settings |= {
                "PORTAL_CALENDAR": "exchange",
                "PORTAL_EWS_URL": self.rooms.base + PATH,
                "PORTAL_EWS_USER": ExchangeServer.user,
                "PORTAL_EWS_PASSWORD": ExchangeServer.password,
                "PORTAL_EWS_MAILBOX": ExchangeServer.mailbox,
            }
        return settings

    def start(self) -> None:
        """Start, and wait until it says that it is well."""
        self.running.start(until=lambda: answers(f"{self.url}/helse"), what="the portal to answer /helse")

    def stop(self) -> None:
        """End it."""
        self.running.stop()

    def streams(self, cast: Cast) -> int:
        """Count the streams that somebody holds, as the hub itself knows them."""
        told = self.folder / "var" / STREAMS
        told.unlink(missing_ok=True)
        assert self.running.process
        self.running.process.send_signal(signal.SIGUSR1)
        wait_until(told.exists, "the hub to tell")
        return int(json.loads(told.read_text()).get(str(CAST.index(cast) + 1), 0))

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Ask its database directly."""
        engine = create_engine(self.database)
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(query))]
        finally:
            engine.dispose()

    def everything_stored(self) -> bytes:
        """Give all that is kept: every file that it has written and, on PostgreSQL, every row of every table."""
        files = [path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file()]
        return b"\n".join([*files, *self._tables()])

    def _tables(self) -> Iterator[bytes]:
        if self.database.startswith("sqlite"):
            return
        for (name,) in self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
            for (row,) in self.rows(f'SELECT t::text FROM "{name}" AS t'):
                yield str(row).encode()

    def is_at_rest(self) -> bool:
        """Tell whether no mail and no invitation waits any longer."""
        waiting = self.rows("SELECT name, state FROM job WHERE state = 'waiting'")
        return not [name for name, _ in waiting if str(name) in ONCE]


ONCE = (
    *("events.invite", "events.settle_room"),
    *("notifications.deliver", "notifications.send_out", "notifications.post"),
)
