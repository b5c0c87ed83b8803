"""The portal as it is run, in the ways that are compared; and what its processes cost, read from the kernel."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.running import ROOT, wait_until_up
from tests import postgres
from tests.ports import free_port

TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 15


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A way to run the portal."""

    name: str
    words: str
    processes: int = 1
    is_postgres: bool = False
    is_redis: bool = False


KINDS = (
    Kind(name="sqlite", words="one process, SQLite"),
    Kind(
        name="redis",
        words="two web processes and a worker, PostgreSQL, Redis",
        processes=2,
        is_postgres=True,
        is_redis=True,
    ),
    Kind(
        name="notify", words="two web processes and a worker, PostgreSQL, LISTEN/NOTIFY", processes=2, is_postgres=True
    ),
)


@dataclass(kw_only=True)
class House:
    """Where everything is, and the processes that were started for it, by what they do."""

    kind: Kind
    port: int
    folder: Path
    database: str
    live: str
    processes: dict[str, int] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        """Give the address that the portal has."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Give the settings of the portal's processes."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        chosen = {"PORTAL_DATABASE": self.database, "PORTAL_LIVE": self.live}
        fixed = {"PORTAL_FOLDER": str(self.folder), "PORTAL_BASE_URL": self.base_url}
        return {**kept, **fixed, **{name: value for name, value in chosen.items() if value}}


@contextmanager
def house(kind: Kind) -> Iterator[House]:
    """Give a folder, and a database and Redis of its own where they are wanted; nothing of the portal runs yet."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tunet-ring-")))
        database = stack.enter_context(postgres.running()) if kind.is_postgres else ""
        made = House(kind=kind, port=free_port(), folder=folder, database=database, live="")
        if kind.is_postgres:
            made.processes["postgres"] = _postmaster(database)
        if kind.is_redis:
            made.live, made.processes["redis"] = stack.enter_context(_redis())
        yield made


@contextmanager
def portal(house: House) -> Iterator[None]:
    """Run the portal's own processes until the block ends."""
    serve = ["serve", "--port", str(house.port)]
    if house.kind.processes > 1:
        serve += ["--workers", str(house.kind.processes)]
    with ExitStack() as stack:
        web = stack.enter_context(_started(house, "web", serve))
        try:
            wait_until_up(house.port, "/helse", web)
        except RuntimeError as error:
            raise RuntimeError((house.folder / "web.log").read_text()[-1500:]) from error
        if house.kind.processes > 1:
            stack.enter_context(_started(house, "worker", ["worker"]))
            time.sleep(2)  # it has no door to knock on
        yield


@contextmanager
def _started(house: House, name: str, command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with (house.folder / f"{name}.log").open("wb") as log:
        started = subprocess.Popen(
            [sys.executable, "-m", "portal", *command],
            cwd=ROOT,
            env=house.environment,
            stdout=log,
            stderr=log,
        )
    house.processes[name] = started.pid
    try:
        yield started
    finally:
        del house.processes[name]
        _end(started)


def _end(started: subprocess.Popen[bytes]) -> None:
    started.send_signal(signal.SIGTERM)
    try:
        started.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        for process_id in reversed(family(started.pid)):
            os.kill(process_id, signal.SIGKILL)
        started.wait()


@contextmanager
def _redis() -> Iterator[tuple[str, int]]:
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        raise RuntimeError("Redis is not installed: run make setup-tests as root once, or apt-get install redis-server")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="tunet-redis-") as folder:
        where = ["--port", str(port), "--bind", "127.0.0.1", "--dir", folder]
        started = subprocess.Popen(
            [program, *where, "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            yield f"redis://127.0.0.1:{port}/0", started.pid
        finally:
            _end(started)


def _postmaster(url: str) -> int:
    folder = parse_qs(urlsplit(url).query)["host"][0]
    return int((Path(folder) / "server" / "postmaster.pid").read_text().split("\n")[0])


def family(process_id: int) -> list[int]:
    """Give a process and all that descend from it."""
    try:
        children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()
    except OSError:
        return []
    return [process_id, *(each for child in children for each in family(int(child)))]


def seconds_of(process_id: int) -> float:
    """Give the seconds of a core that a process and its children have used."""
    return sum(map(_seconds, family(process_id)))


def _seconds(process_id: int) -> float:
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_kb(process_id: int) -> int:
    """Give the memory that a process and its children hold, in kB."""
    return sum(map(_resident, family(process_id)))


def _resident(process_id: int) -> int:
    try:
        status = Path(f"/proc/{process_id}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), 0)


def faults_in(house: House) -> list[str]:
    """Give what failed inside the portal's processes, a line each, from their logs."""
    logs = [house.folder / f"{name}.log" for name in ("web", "worker")]
    lines = [line for log in logs if log.exists() for line in log.read_text(errors="replace").splitlines()]
    return [line for line in lines if "Error: " in line[:120] or '"level": "error"' in line]
