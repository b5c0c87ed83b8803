"""Pages per second and p95 at concurrency 8, beside a bare Flask page under the same server in the same run."""

from __future__ import annotations

import http.client
import re
import statistics
import threading
import time
from dataclasses import dataclass

from bench.running import Running, demo, process
from tests.ports import free_port

CONCURRENCY = 8
SECONDS = 8
ROUNDS = 3


@dataclass(frozen=True)
class Result:
    """What one load gave."""

    per_second: float
    p50: float
    p95: float


def load(port: int, path: str, cookie: str, seconds: float) -> Result:
    """Ask for a page from so many connections at once, for a bounded time."""
    times: list[float] = []
    until = time.monotonic() + seconds

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < until:
            began = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")
            times.append(time.perf_counter() - began)

    threads = [threading.Thread(target=ask) for _ in range(CONCURRENCY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    return Result(len(times) / seconds, statistics.median(times) * 1000, times[int(len(times) * 0.95)] * 1000)


def a_question(running: Running) -> str:
    """Find a question with answers."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    connection.request("GET", "/sporsmal?vis=loyste", headers={"Cookie": running.cookie})
    found = re.search(r'href="(/sporsmal/\d+)"', connection.getresponse().read().decode())
    if not found:
        raise RuntimeError("no solved question in the demo")
    return found[1]


def main() -> None:
    """Measure the floor and each page in turns, several rounds, and print the medians."""
    with demo() as running:
        floor_port = free_port()
        database = str(running.folder / "tunet.sqlite")
        with process(["-m", "bench.floor", str(floor_port)], floor_port, "/", FLOOR_DATABASE=database):
            pages = {
                "floor": (floor_port, "/"),
                "floor by ORM": (floor_port, "/orm"),
                "front page": (running.port, "/"),
                "question list": (running.port, "/sporsmal"),
                "question": (running.port, a_question(running)),
            }
            for port, path in pages.values():
                load(port, path, running.cookie, 1)
            rounds = [
                {name: load(port, path, running.cookie, SECONDS) for name, (port, path) in pages.items()}
                for _ in range(ROUNDS)
            ]
    floor = statistics.median(each["floor"].per_second for each in rounds)
    print(f"{'page':15} {'per second':>10} {'p50 ms':>8} {'p95 ms':>8} {'of the floor':>13}")
    for name in pages:
        speed, p50, p95 = (
            statistics.median(getattr(each[name], key) for each in rounds) for key in ("per_second", "p50", "p95")
        )
        print(f"{name:15} {speed:10.0f} {p50:8.1f} {p95:8.1f} {floor / speed:12.2f}x")
