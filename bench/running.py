"""A portal for measuring: the demo desk on a port of its own, in a process of its own."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).parent.parent
TAIL = 20_000
"""So many bytes of what a server said are worth reading."""


@dataclass(frozen=True)
class Running:
    """Where a server listens, and the folder it keeps its things in."""

    port: int
    folder: Path
    cookie: str = ""


def wait_until_up(port: int, path: str, process: subprocess.Popen[bytes], *, seconds: float = 300) -> float:
    """Wait for the first good answer and tell how long it took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if process.poll() is not None:
            raise RuntimeError("the server ended before it was up")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status < 500:
                return time.monotonic() - began
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("the server did not come up")


@contextmanager
def process(command: list[str], port: int, path: str, **environment: str) -> Iterator[float]:
    """Run a server until the block ends; gives the seconds until its first page. What it said is shown on a fault."""
    with tempfile.TemporaryFile() as said:
        started = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env={**os.environ, **environment}, stdout=said, stderr=said
        )
        try:
            yield wait_until_up(port, path, started)
        except Exception:
            said.seek(max(0, said.seek(0, os.SEEK_END) - TAIL))
            print(said.read().decode(errors="replace"), file=sys.stderr)
            raise
        finally:
            started.terminate()
            try:
                started.wait(15)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


@contextmanager
def demo() -> Iterator[Running]:
    """Run the demo desk and sign in as Kari."""
    with tempfile.TemporaryDirectory(prefix="tunet-bench-") as folder:
        port = free_port()
        command = ["-m", "portal", "demo", "--port", str(port), "--folder", folder]
        with process(command, port, "/helse"):
            yield Running(port=port, folder=Path(folder), cookie=sign_in(port, "Kari Skjerdal"))


def sign_in(port: int, name: str) -> str:
    """Pick a person of the demo and give the session's cookie."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/demo")
    answer = connection.getresponse()
    page, cookie = answer.read().decode(), cookie_of(answer)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    person = re.search(rf'name="person" value="(\d+)">(?:(?!</button>).)*?<b>{re.escape(name)}</b>', page, re.DOTALL)
    if not token or not person:
        raise RuntimeError("the demo page does not look as it should")
    body = urllib.parse.urlencode({"csrf_token": token[1], "person": person[1]})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    connection.request("POST", "/demo", body, headers)
    answer = connection.getresponse()
    answer.read()
    return cookie_of(answer)


def cookie_of(answer: http.client.HTTPResponse) -> str:
    """Give the session cookie that an answer sets."""
    return (answer.getheader("Set-Cookie") or "").split(";")[0]
