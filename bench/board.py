"""The big board: python -m bench board [--folder FOLDER] [--engine sqlite|postgres|both] [--questions N] …

A board of 100 000 questions and 200 000 answers is made by a seeded dice, indexed, served and asked for from so many
connections at once, beside a bare Flask page that reads the same database under the same server in the same run. On
SQLite it is kept in the folder and used again. «one at a time» is what a single colleague waits for while typing.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import shutil
import statistics
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from bench.board_fill import Size, count, fill
from bench.board_texts import Writer
from bench.running import ROOT, cookie_of, process, sign_in
from portal import create_app
from portal.cli.database import bring_up_to_date
from portal.config import Settings
from portal.core.db import db
from tests import postgres
from tests.ports import free_port

CONCURRENCY = 8
WARMING = 0.5
VISITED = 200
"""The newest so many questions are opened: what each of them is like is kept, as the worker keeps it."""
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One request."""

    path: str
    form: dict[str, str] = field(default_factory=dict)
    is_piece: bool = False


Wishes = Callable[[Random], Wish]


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One colleague at one end of a connection."""

    port: int
    cookie: str = ""
    token: str = ""


def make(folder: Path, size: Size, say: Say, database: str = "") -> None:
    """Make the board unless the folder holds the same one."""
    mark, wanted = folder / "board.json", json.dumps(asdict(size), sort_keys=True)
    is_there = not database and mark.exists() and mark.read_text() == wanted
    if not database and not is_there:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    app = create_app(Settings(folder=folder, database=database, demo=True))
    bring_up_to_date(app)
    with app.app_context():
        if not is_there:
            began = time.monotonic()
            fill(size, say)
            say(f"made in {time.monotonic() - began:.0f} s")
            mark.write_text(wanted)
        say(", ".join(f"{number} {name}" for name, number in count().items()))
        db.session.remove()
        db.engine.dispose()


def pages(size: Size, seed: int) -> dict[str, Wishes]:
    """Say what is asked for, by the name it has in the table."""
    writer = Writer(seed + 7)
    titles = [writer.thread(0).title for _ in range(2000)]
    lock, keys = threading.Lock(), iter(range(10**9))

    def typed(dice: Random) -> Wish:
        beginning = dice.choice(titles)[: dice.randint(3, 40)].rstrip()
        return Wish(path=f"/sporsmal/liknande?title={urllib.parse.quote(beginning)}", is_piece=True)

    def asked(dice: Random) -> Wish:
        with lock:
            return Wish(path="/sporsmal/nytt", form={"title": dice.choice(titles), "key": f"{seed}-{next(keys)}"})

    def answered(dice: Random) -> Wish:
        question, text = dice.randint(1, size.questions), dice.choice(titles)
        with lock:
            form = {"body": f"Start på nytt. {text}.", "key": f"{seed}-{next(keys)}"}
        return Wish(path=f"/sporsmal/{question}/svar", form=form)

    return {
        "question list": lambda _: Wish(path="/sporsmal"),
        "question": lambda dice: Wish(
            path=f"/sporsmal/{size.questions - dice.randrange(min(VISITED, size.questions))}"
        ),
        "300 answers": lambda _: Wish(path=f"/sporsmal/{size.long_id}"),
        "similar while typing": typed,
        "search": lambda dice: Wish(path=f"/sok?q={urllib.parse.quote(dice.choice(titles))}"),
        "post a question": asked,
        "post an answer": answered,
    }


def load(connections: list[Connection], wishes: Wishes, seconds: float) -> list[float]:
    """Ask from all the connections at once for a bounded time; give what each request took, in milliseconds."""
    times: list[float] = []
    faults: list[str] = []
    until = time.monotonic() + seconds

    def ask(number: int, by: Connection) -> None:
        dice, line = Random(number), http.client.HTTPConnection("127.0.0.1", by.port, timeout=60)
        while not faults:
            wish = wishes(dice)
            began = time.perf_counter()
            status = _send(line, wish, by)
            times.append(1000 * (time.perf_counter() - began))
            if status not in (200, 302, 303):
                faults.append(f"{wish.path} answered {status}")
            if time.monotonic() >= until:  # asked at the end, so that a very short time on a busy machine holds one
                return

    threads = [threading.Thread(target=ask, args=each) for each in enumerate(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(faults[0])
    return sorted(times)


def _send(line: http.client.HTTPConnection, wish: Wish, by: Connection) -> int:
    headers = {"Cookie": by.cookie, "Accept-Encoding": "gzip"}
    if wish.is_piece:
        headers["HX-Request"] = "true"
    if wish.form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urllib.parse.urlencode({**wish.form, "csrf_token": by.token})
        line.request("POST", wish.path, body, headers)
    else:
        line.request("GET", wish.path, headers=headers)
    answer = line.getresponse()
    answer.read()
    return answer.status


def colleague(port: int) -> Connection:
    """Sign in and open the page to ask on."""
    cookie = sign_in(port, "Kari Skjerdal")
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", "/sporsmal/nytt", headers={"Cookie": cookie})
    answer = line.getresponse()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode())
    if not token:
        raise RuntimeError("the page to ask on has no form")
    return Connection(port=port, cookie=cookie_of(answer) or cookie, token=token[1])


@contextmanager
def served(folder: Path, database: str) -> Iterator[tuple[int, int]]:
    """Serve the board, and the floor over the same database; gives both ports."""
    port, floor = free_port(), free_port()
    with (
        process(["-m", "bench.board_server", str(port), str(folder), database], port, "/helse"),
        process(
            ["-m", "bench.floor", str(floor)],
            floor,
            "/orm",
            FLOOR_DATABASE=database or str((folder / "tunet.sqlite").absolute()),
        ),
    ):
        yield port, floor


def measure(folder: Path, size: Size, given: argparse.Namespace, database: str = "") -> None:
    """Ask for each page in turn and print the table."""
    seed = int(time.time())  # what is posted must not have been posted by the run before
    with served(folder, database) as (port, floor):
        eight = [colleague(port)] * given.concurrency
        bare = [Connection(port=floor)] * given.concurrency
        print(f"{'page':24} {'per second':>10} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'of the floor':>13}")
        lowest = 0.0
        wished = pages(size, seed)
        rows = {"floor": (bare, lambda _: Wish(path="/orm" if database else "/")), **{
            name: (eight, wishes) for name, wishes in wished.items()}}  # fmt: skip
        rows["similar, one at a time"] = (eight[:1], wished["similar while typing"])
        for name, (connections, wishes) in rows.items():
            load(connections, wishes, WARMING)
            times = load(connections, wishes, given.seconds)
            speed = len(times) / given.seconds
            lowest = lowest or speed
            cuts = statistics.quantiles(times, n=100)
            figures = " ".join(f"{cuts[place]:8.1f}" for place in (49, 94, 98))
            print(f"{name:24} {speed:10.0f} {figures} {lowest / speed:12.2f}x", flush=True)


def main() -> None:
    """Read the command line, make the board and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "board", help="where the board is kept")
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="sqlite")
    parser.add_argument("--questions", type=int, default=Size.questions)
    parser.add_argument("--people", type=int, default=Size.people)
    parser.add_argument("--seed", type=int, default=Size.seed)
    parser.add_argument("--seconds", type=float, default=4, help="of load on each page")
    parser.add_argument("--concurrency", type=int, default=CONCURRENCY)
    parser.add_argument("--only-make", action="store_true", help="make the board in the folder and stop")
    given = parser.parse_args()
    size = Size(questions=given.questions, people=given.people, seed=given.seed)
    if given.engine in {"sqlite", "both"}:
        make(given.folder, size, _say)
        if not given.only_make:
            print("# SQLite")
            measure(given.folder, size, given)
    if given.engine in {"postgres", "both"} and not given.only_make:
        with postgres.running() as url, tempfile.TemporaryDirectory() as folder:
            make(Path(folder), size, _say, url)
            print("# PostgreSQL")
            measure(Path(folder), size, given, url)


def _say(words: str) -> None:
    print(f"# {words}", flush=True)


if __name__ == "__main__":
    main()
