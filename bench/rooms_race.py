"""Let processes go for the same rooms at the same moment: python -m bench rooms-race --attempts 40000 --processes 8.

In the embedded calendar (--of calendar) each puts meetings of any length into few rooms, and takes some away again; in
our own ledger (--of ledger) each promises rooms for evenings. All of them want the same rooms at about the same times.
Afterwards everything that was let in is compared, room by room: the goal is no overlapping pair, on SQLite and on
PostgreSQL, and that each was told what is written down.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from bench.claims import database, open_app
from portal.blueprints.rooms import rules, service
from portal.blueprints.rooms.adapters.embedded import EmbeddedCalendar
from portal.blueprints.rooms.models import Booking, EmbeddedMeeting, Room
from portal.blueprints.rooms.ports import Answer, Wish
from portal.cli.database import bring_up_to_date
from portal.core import clock
from portal.core.db import db, transaction
from portal.core.errors import PortalError

HEAD = (
    f"{'':20}{'attempts':>9}{'let in':>8}{'given back':>12}{'refused':>9}{'broken':>8}{'overlapping':>13}"
    f"{'told wrong':>12}{'seconds':>9}"
)
ROOMS = 8
TOGETHER = 50  # so many attempts until the processes wait for each other again
PATIENCE = 300  # seconds until a process that waits for another gives up
GIVEN_BACK = 0.3


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What one process goes for."""

    number: str
    room: int
    starts_at: datetime
    ends_at: datetime
    is_given_back: bool


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a race."""

    attempts: int
    let_in: int
    given_back: int
    refused: int
    broken: int  # ended by something else than yes or no
    overlapping: int
    told_wrong: int
    seconds: float

    @property
    def is_right(self) -> bool:
        """Tell whether nothing overlaps, and somebody got in at all."""
        return self.overlapping == self.told_wrong == self.broken == 0 < self.let_in


Go = Callable[[Attempt], bool]
Times = Mapping[str, tuple[int, datetime, datetime]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What is raced for: how one goes for a room and gives it back, and what stands at the end, by attempt."""

    go: Go
    give_back: Callable[[Attempt], None]
    standing: Callable[[], Times]


def go_in_calendar(attempt: Attempt) -> bool:
    """Put a meeting into the embedded calendar."""
    wish = Wish(
        key=attempt.number,
        uid=attempt.number,
        room_address=address(attempt.room),
        room_name="Rom",
        title="Kappløp",
        starts_at=attempt.starts_at,
        ends_at=attempt.ends_at,
    )
    return EmbeddedCalendar().book(wish).answer is Answer.ACCEPTED


def give_back_in_calendar(attempt: Attempt) -> None:
    """Take it away again."""
    calendar = EmbeddedCalendar()
    for meeting in calendar.find(attempt.number):
        calendar.cancel(meeting)


def standing_in_calendar() -> Times:
    """Give every meeting that the calendar said yes to."""
    rooms = {address(number): number for number in range(ROOMS)}
    accepted = select(EmbeddedMeeting).where(EmbeddedMeeting.answer == Answer.ACCEPTED)
    return {row.key: (rooms[row.room_address], row.starts_at, row.ends_at) for row in db.session.scalars(accepted)}


def go_in_ledger(attempt: Attempt) -> bool:
    """Promise a room; which of them is ours to choose."""
    with transaction():
        booking = service.book(
            purpose=f"race:{attempt.number}",
            title="Kappløp",
            starts_at=attempt.starts_at,
            ends_at=attempt.ends_at,
            seats=1,
        )
        return booking.is_live


def give_back_in_ledger(attempt: Attempt) -> None:
    """Give it back."""
    with transaction():
        service.release(f"race:{attempt.number}")


def standing_in_ledger() -> Times:
    """Give every promise that still stands."""
    live = select(Booking).where(Booking.is_wanted, Booking.room_id.is_not(None))
    return {
        booking.purpose.removeprefix("race:"): (booking.room_id or 0, booking.starts_at, booking.ends_at)
        for booking in db.session.scalars(live)
    }


KINDS: Mapping[str, Kind] = {
    "calendar": Kind(go=go_in_calendar, give_back=give_back_in_calendar, standing=standing_in_calendar),
    "ledger": Kind(go=go_in_ledger, give_back=give_back_in_ledger, standing=standing_in_ledger),
}


def main() -> None:
    """Race on both databases and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=4_000)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--database", choices=("both", "sqlite", "postgres"), default="both")
    parser.add_argument("--of", choices=(*KINDS, "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    names = ("sqlite", "postgres") if wanted.database == "both" else (wanted.database,)
    kinds = tuple(KINDS) if wanted.of == "both" else (wanted.of,)
    print(HEAD)
    are_right = []
    for name in names:
        for kind in kinds:
            with database(name) as url:
                outcome = race(url, of=kind, attempts=wanted.attempts, processes=wanted.processes, seed=wanted.seed)
            tell(f"{name} {kind}", outcome)
            are_right.append(outcome.is_right)
    if not all(are_right):
        sys.exit(1)


def tell(name: str, outcome: Outcome) -> None:
    """Print one line of the table."""
    print(
        f"{name:20}{outcome.attempts:9}{outcome.let_in:8}{outcome.given_back:12}{outcome.refused:9}{outcome.broken:8}"
        f"{outcome.overlapping:13}{outcome.told_wrong:12}{outcome.seconds:9.1f}",
        flush=True,
    )


def race(url: str, *, of: str, attempts: int, processes: int = 8, seed: int = 1) -> Outcome:
    """Let processes go for the same rooms, and compare what each was told with what stands."""
    with tempfile.TemporaryDirectory(prefix="tunet-race-") as folder:
        app = open_app(url, folder)
        bring_up_to_date(app)
        with app.app_context(), transaction():
            db.session.add_all(Room(name=f"Rom {number}", address=address(number)) for number in range(ROOMS))
        began = time.monotonic()
        told = run(url, folder, of=of, share=attempts // processes, processes=processes, seed=seed)
        seconds = time.monotonic() - began
        with app.app_context():
            standing = KINDS[of].standing()
            db.session.remove()
            db.engine.dispose()
    return compare(told, standing, seconds=seconds)


def address(room: int) -> str:
    """Give a room's address."""
    return f"rom-{room}@example.org"


def run(url: str, folder: str, *, of: str, share: int, processes: int, seed: int) -> dict[str, str]:
    """Start the processes and give what each attempt was told."""
    spawn = multiprocessing.get_context("spawn")
    together, results = spawn.Barrier(processes), spawn.Queue()
    first = clock.at_wall(clock.today() + timedelta(days=3), datetime.min.time()) + timedelta(hours=8)
    started = [
        spawn.Process(
            target=go_for_all, args=(url, folder, of, number, share, seed, first, together, results), daemon=True
        )
        for number in range(processes)
    ]
    for process in started:
        process.start()
    told: dict[str, str] = {}
    for _ in started:
        told |= results.get(timeout=PATIENCE + share)
    for process in started:
        process.join()
    return told


def attempts_of(process: int, share: int, seed: int, first: datetime) -> list[Attempt]:
    """Make what one process goes for: the same rooms and days as the others, at about the same times."""
    alike, own = random.Random(seed), random.Random(f"{seed} {process}")
    days = max(1, share // 60)
    made = []
    for number in range(share):
        day, hour, room = alike.randrange(min(days, 150)), alike.randrange(12), alike.randrange(ROOMS)
        starts_at = first + timedelta(days=day, hours=hour) + rules.STEP * own.randrange(12)
        made.append(
            Attempt(
                number=f"{process + 1}{number:06}",
                room=room,
                starts_at=starts_at,
                ends_at=starts_at + rules.STEP * own.randint(1, 24),
                is_given_back=own.random() < GIVEN_BACK,
            )
        )
    return made


def go_for_all(
    url: str, folder: str, of: str, process: int, share: int, seed: int, first: datetime, together: Any, results: Any
) -> None:
    """Be one of the processes."""
    told, kind = {}, KINDS[of]
    with open_app(url, folder).app_context():
        for number, attempt in enumerate(attempts_of(process, share, seed, first)):
            if number % TOGETHER == 0:
                together.wait(PATIENCE)
            told[attempt.number] = go_once(kind, attempt)
        db.engine.dispose()
    results.put(told)
    results.close()
    results.join_thread()
    os._exit(0)  # threads of the app must not keep the process


def go_once(kind: Kind, attempt: Attempt) -> str:
    """Go for a room, and give it back if that is what one does; tell how it went."""
    try:
        if not kind.go(attempt):
            return "refused"
        if attempt.is_given_back:
            kind.give_back(attempt)
            return "given back"
    except PortalError:
        return "refused"
    except Exception as error:  # whatever it is, it is to be seen in the table and not to end the race
        return f"broken {type(error).__name__}"
    finally:
        db.session.remove()
    return "let in"


def compare(told: Mapping[str, str], standing: Times, *, seconds: float) -> Outcome:
    """Compare what each was told with what stands, and look for pairs that share a moment."""
    counts = Counter("broken" if words.startswith("broken") else words for words in told.values())
    by_room = defaultdict(list)
    for room, starts_at, ends_at in standing.values():
        by_room[room].append((starts_at, ends_at))
    let_in = {number for number, words in told.items() if words == "let in"}
    return Outcome(
        attempts=len(told),
        let_in=counts["let in"],
        given_back=counts["given back"],
        refused=counts["refused"],
        broken=counts["broken"],
        overlapping=sum(overlapping(times) for times in by_room.values()),
        told_wrong=len(let_in ^ standing.keys()),
        seconds=seconds,
    )


def overlapping(times: list[tuple[datetime, datetime]]) -> int:
    """Count the neighbours that share a moment."""
    return sum(earlier[1] > later[0] for earlier, later in pairwise(sorted(times)))


if __name__ == "__main__":
    main()
