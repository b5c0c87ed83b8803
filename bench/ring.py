"""The ring: python -m bench ring [--quick] [--only sqlite|redis|notify] …

A desk of five hundred, all at work with the portal open: as many real streams, held by a process of its own that does
what the pages' scripts do. Hands go up over real connections; measured is when each screen that should ring hears of it
and has its card, and, when somebody comes, when each of the others is silent and empty. Beside it: what the portal
costs when nothing happens, what a connection weighs, and what the pages give meanwhile. A screen that never rings is
counted as lost, and then this ends with a fault.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from flask import Flask

from bench import pages, ring_desk, ring_server
from bench.ring_desk import Desk
from bench.ring_server import KINDS, House, Kind
from bench.running import ROOT, process
from tests.ports import free_port

GOAL_MS = {95: 200.0, 99: 1000.0}
ASKED = {"front page": "/", "question list": "/sporsmal"}
SETTLING = 20  # seconds at most until the portal knows who is there
MEASURED = ("press to event", "press to card", "claim to silence", "claim to gone", "press to answer")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How much is measured."""

    people: int = 500
    calls: dict[str, int] = field(default_factory=lambda: {"few": 100, "some": 20, "all": 6})
    idle: float = 30
    load: float = 3
    rounds: int = 2


QUICK = Wanted(people=60, calls={"few": 5, "some": 2, "all": 2}, idle=3, load=0.5, rounds=1)


class Browsers:
    """The process that plays the browsers, spoken to in lines of JSON."""

    def __init__(self, port: int, desk: Path) -> None:
        command = [sys.executable, "-m", "bench.ring_browsers", str(port), str(desk)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.wishes, self.answers = cast(IO[str], self.process.stdin), cast(IO[str], self.process.stdout)

    def ask(self, what: str, **words: Any) -> dict[str, Any]:
        """Let it do something and give what came of it."""
        self.wishes.write(json.dumps({"do": what, **words}) + "\n")
        self.wishes.flush()
        came: dict[str, Any] = json.loads(self.answers.readline() or '{"error": "the browsers have ended"}')
        if "error" in came:
            raise RuntimeError(came["error"])
        return came

    def end(self) -> None:
        """End it."""
        with suppress(BrokenPipeError):
            self.wishes.close()
        self.answers.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def browsers(house: House, desk: Desk) -> Iterator[Browsers]:
    """Run the browsers until the block ends."""
    file = house.folder / "desk.json"
    desk.write(file)
    started = Browsers(house.port, file)
    try:
        yield started
    finally:
        started.end()


def main() -> None:
    """Read the command line, measure each set-up and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few people, a few seconds: only whether it works")
    parser.add_argument("--only", choices=[kind.name for kind in KINDS], action="append", help="this set-up alone")
    parser.add_argument("--people", type=int)
    given = parser.parse_args()
    wanted = QUICK if given.quick else Wanted()
    if given.people:
        wanted = Wanted(**{**vars(wanted), "people": given.people})
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended on every way out
    print(where_we_are(), flush=True)
    lost = sum(measure(kind, wanted) for kind in KINDS if not given.only or kind.name in given.only)
    if lost:
        sys.exit(f"{lost} screens never noticed what they should have")


def where_we_are() -> str:
    """Name the machine and the commit."""
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    models = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
              if line.startswith("model name")]  # fmt: skip
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({models[0] if models else platform.machine()}), {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}, commit {commit.stdout.strip()}, load {load:.1f}"
    )


def measure(kind: Kind, wanted: Wanted) -> int:
    """Measure one set-up; give how much never came."""
    print(f"\n# {kind.words}; {wanted.people} people at work", flush=True)
    began = time.monotonic()
    with ring_server.house(kind) as house:
        app = ring_desk.open_app(house.folder, house.database, house.base_url)
        desk = ring_desk.make(app, wanted.people)
        with ring_server.portal(house), browsers(house, desk) as room:
            weigh(house, desk, wanted, room=room, app=app)
            idle(house, wanted)
            lost = ring(room, desk, wanted)
            lost += look_back(house, room, wanted)
    print(f"({time.monotonic() - began:.0f} s)", flush=True)
    return lost


def weigh(house: House, desk: Desk, wanted: Wanted, *, room: Browsers, app: Flask) -> None:
    """Measure the pages without and with the streams, in turns, beside the floor; and what a stream weighs."""
    floor_port = free_port()
    database = house.database or str(house.folder / "tunet.sqlite")
    speeds: dict[tuple[str, bool], list[pages.Result]] = {}
    kb: list[float] = []
    with process(["-m", "bench.floor", str(floor_port)], floor_port, "/orm", FLOOR_DATABASE=database):
        for path in ASKED.values():
            pages.load(house.port, path, desk.visitor, wanted.load / 3)
        floors = []
        for _round in range(wanted.rounds):
            floors.append(pages.load(floor_port, "/orm", "", wanted.load))
            _ask_pages(house, desk, wanted, speeds, has_streams=False)
            before = _portal_kb(house)
            room.ask("open")
            _wait_for_presence(app, wanted.people)
            kb.append((_portal_kb(house) - before) / wanted.people)
            _ask_pages(house, desk, wanted, speeds, has_streams=True)
            if _round < wanted.rounds - 1:
                room.ask("close")
                time.sleep(1)
    floor = statistics.median(each.per_second for each in floors)
    print(f"{'page':15} {'without':>9} {'with':>9} {'change':>8}  {'p95 ms':>7} {'with':>7} {'of the floor':>13}")
    print(f"{'floor by ORM':15} {floor:7.0f}/s")
    for name in ASKED:
        without, beside = (statistics.median(each.per_second for each in speeds[name, has]) for has in (False, True))
        slow, slow_beside = (statistics.median(each.p95 for each in speeds[name, has]) for has in (False, True))
        print(
            f"{name:15} {without:7.0f}/s {beside:7.0f}/s {100 * (beside / without - 1):+7.1f}% {slow:8.0f} "
            f"{slow_beside:7.0f} {floor / without:12.2f}x"
        )
    print(f"memory of an open stream: {kb[0]:.1f} kB (all web processes, the first time they open)", flush=True)


def _ask_pages(house: House, desk: Desk, wanted: Wanted, speeds: dict[Any, Any], *, has_streams: bool) -> None:
    for name, path in ASKED.items():
        result = pages.load(house.port, path, desk.visitor, wanted.load)
        speeds.setdefault((name, has_streams), []).append(result)


def _portal_kb(house: House) -> int:
    return ring_server.resident_kb(house.processes["web"])


def _wait_for_presence(app: Flask, people: int) -> None:
    until = time.monotonic() + SETTLING
    while ring_desk.count_present(app) < people and time.monotonic() < until:
        time.sleep(0.3)
    if (present := ring_desk.count_present(app)) < people:
        print(f"only {present} of {people} are known to be present", flush=True)


def idle(house: House, wanted: Wanted) -> None:
    """Measure what everything costs while nothing happens."""
    time.sleep(1)
    before = {name: ring_server.seconds_of(process_id) for name, process_id in house.processes.items()}
    began = time.monotonic()
    time.sleep(wanted.idle)
    took = time.monotonic() - began
    shares = {
        name: 100 * (ring_server.seconds_of(process_id) - before[name]) / took
        for name, process_id in house.processes.items()
    }
    said = ", ".join(f"{name} {share:.1f} %" for name, share in shares.items())
    print(f"nothing happens for {took:.0f} s: {said} of a core", flush=True)


def ring(room: Browsers, desk: Desk, wanted: Wanted) -> int:
    """Let hands go up, for rings of three sizes; give how much never came."""
    few, some = desk.knows
    print(f"{'ms':17} {'ring of':>7} {'calls':>6} {'lost':>5} {'p50':>8} {'p95':>8} {'p99':>8} {'longest':>8}")
    lost = 0
    for size, tag in {"few": few, "some": some, "all": ""}.items():
        room.ask("ring", tag=tag, calls=1)  # the first of each size is not measured
        came = room.ask("ring", tag=tag, calls=wanted.calls[size])
        lost += came["lost"]
        print(*came["missing"], sep="\n", end="\n" if came["missing"] else "")
        number = len(desk.knows[tag]) if tag else len(desk.cookies) - 1
        for name in MEASURED:
            print(line_of(name, number, came), flush=True)
    return lost


def line_of(name: str, size: int, came: dict[str, Any]) -> str:
    """Write one line of the table; a mark says that it is over the goal."""
    times = [1000 * each for each in came["seconds"].get(name, ())]
    if len(times) < 2:
        return f"{name:17} {size:7} {came['calls']:6} {came['lost']:5} nothing came"
    p50, p95, p99 = quantiles(times)
    is_over = p95 > GOAL_MS[95] or p99 > GOAL_MS[99]
    figures = f"{p50:8.0f} {p95:8.0f} {p99:8.0f} {max(times):8.0f}"
    return f"{name:17} {size:7} {came['calls']:6} {came['lost']:5} {figures}{'  over the goal' if is_over else ''}"


def quantiles(times: Sequence[float]) -> tuple[float, float, float]:
    """Give p50, p95 and p99."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]


def look_back(house: House, room: Browsers, wanted: Wanted) -> int:
    """Say what went wrong on the way; give how much."""
    state, inside = room.ask("look"), ring_server.faults_in(house)
    gone = wanted.people - state["open"]
    if gone or state["fault_count"] or inside:
        counts = f"{gone} streams lost, {state['fault_count']} answers not as they should be"
        print(f"{counts}, {len(inside)} faults in the log", *state["faults"], *inside[:5], sep="\n")
    return int(gone) + int(state["fault_count"]) + len(inside)


if __name__ == "__main__":
    main()
