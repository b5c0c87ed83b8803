"""A Redis server of the tests' own: started on a free loopback port, ended by its own id, started again."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port

PATIENCE = 30.0


def program() -> str:
    """Find the server; Valkey's does as well."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if not found:
        raise RuntimeError("Redis is not installed: run make test as root once, or apt-get install redis-server")
    return found


class RedisServer:
    """A server that keeps nothing on disk."""

    def __init__(self, folder: Path, *, password: str = "") -> None:
        self.folder, self.password = folder, password
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Tell where it is."""
        return f"redis://{f':{self.password}@' if self.password else ''}127.0.0.1:{self.port}/3"

    def start(self) -> None:
        """Start it on its port, and wait until it takes connections."""
        words = [program(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        if self.password:
            words += ["--requirepass", self.password]
        self.process = subprocess.Popen(words, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        until = time.monotonic() + PATIENCE
        while not self._takes_connections():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("redis-server did not come up")
            time.sleep(0.02)

    def kill(self) -> None:
        """End it without a word."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _takes_connections(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as tried:
                tried.sendall(b"PING\r\n")  # answered, with or without a password
                return bool(tried.recv(1))
        except OSError:
            return False


@contextmanager
def running(*, password: str = "") -> Iterator[RedisServer]:
    """Run a server."""
    with tempfile.TemporaryDirectory(prefix="tunet-redis-") as folder:
        server = RedisServer(Path(folder), password=password)
        server.start()
        try:
            yield server
        finally:
            server.kill()
