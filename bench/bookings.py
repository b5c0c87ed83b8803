"""Book many rooms while everything goes wrong: python -m bench bookings --bookings 10000.

A test Exchange server on loopback loses answers, commits late, carries requests out twice, throttles, breaks off and
says no by whim, at every operation; workers get SIGKILL in the middle of their work by a supervisor, which starts new
ones; jobs are delivered twice; people give rooms back and move their evenings meanwhile. At the end every promise is
compared with what stands in the calendar and in the rooms. The goal: lost 0, doubled for longer than one sweep 0,
orphaned 0.

Many bookings are made in rounds, each on an empty calendar: a worker that is killed every few seconds has to read the
whole mailbox anew, and one with thousands of meetings ahead is none that a desk has.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import time as wall_time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from bench import bookings_compare, exchange, graph
from bench.bookings_faults import script
from bench.bookings_workers import Supervisor
from bench.claims import database
from portal import create_app
from portal.blueprints.rooms import service
from portal.blueprints.rooms.models import Booking, BookingState, BookingStep, Room
from portal.cli.database import bring_up_to_date
from portal.config import read
from portal.core import clock, jobs
from portal.core.db import db, transaction
from tests.exchange_server.client import Remote

SLOTS = (8, 10, 12, 14, 16, 18, 20)  # hours at which bookings of two hours begin
SPARE = 4  # of five rooms four are asked for, so that there is another one after a no
BACKLOG = 400  # so many jobs may wait before more is wished for
PORTION = 40
MOST_DAYS = 150
SWEEP_IS_FAR = timedelta(seconds=60)
SETTLED = (BookingState.CONFIRMED, BookingState.RELEASED, BookingState.DECLINED)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much, how wild, and for how long at most."""

    bookings: int
    workers: int
    kill_every: int  # calls to the calendar, on the average
    seconds: float
    seed: int
    database: str
    is_brief: bool = False
    calendar: str = "exchange"


@dataclass(kw_only=True)
class Progress:
    """How far it has come, and what people and the queue have done meanwhile."""

    wished: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    sweeps: list[float] = field(default_factory=list)  # when each had ended, seconds after the beginning
    next_sweep: object = None


def main() -> None:
    """Run the bench and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bookings", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kill-every", type=int, default=300, help="calls between two kills, on the average")
    parser.add_argument("--seconds", type=float, default=3600, help="give up after so long")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--calendar", choices=("exchange", "graph"), default="exchange")
    parser.add_argument("--round", type=int, default=500, help="bookings on one calendar")
    asked = vars(parser.parse_args())
    most = asked.pop("round")
    whole = Plan(**asked)
    outcomes = [play(plan) for plan in rounds(whole, most=most)]
    if len(outcomes) > 1:
        print(f"\n{len(outcomes)} rounds, {sum(outcome.promised for outcome in outcomes)} bookings")
        print(bookings_compare.together(outcomes))
    if not all(outcome.is_right for outcome in outcomes):
        sys.exit(1)


def rounds(whole: Plan, *, most: int) -> Iterator[Plan]:
    """Part a plan into rounds, each with chances of its own, until the time is over."""
    until = time.monotonic() + whole.seconds
    for number, first in enumerate(range(0, whole.bookings, most)):
        left = until - time.monotonic()
        if left > 0:
            bookings = min(most, whole.bookings - first)
            yield replace(whole, bookings=bookings, seed=whole.seed + number, seconds=left)


def play(plan: Plan) -> bookings_compare.Outcome:
    """Play one round in a folder and a database of its own."""
    with tempfile.TemporaryDirectory(prefix="tunet-bookings-") as folder, database(plan.database) as url:
        return run(plan, Path(folder), url)


def run(plan: Plan, folder: Path, url: str) -> bookings_compare.Outcome:
    """Book, kill, settle, compare."""
    server = {"exchange": exchange, "graph": graph}[plan.calendar]
    with server.running() as remote:
        os.environ.update(server.settings_for(remote) | {"PORTAL_FOLDER": str(folder), "PORTAL_DATABASE": url})
        app = create_app(read())
        bring_up_to_date(app)
        furnish(app, remote, rooms=rooms_for(plan.bookings))
        script(remote, reading=server.READING, changing=server.CHANGING, is_brief=plan.is_brief)
        progress, began = Progress(), time.monotonic()
        with supervisor(plan) as workers:
            wish(app, remote, plan, progress, workers, began=began)
            is_settled = settle(app, remote, progress, workers, began=began, until=began + plan.seconds)
        outcome = bookings_compare.compare(app, remote, is_settled=is_settled, longest_gap=longest_gap(progress))
        tell(app, remote, outcome, progress, workers, seconds=time.monotonic() - began)
        with app.app_context():
            db.engine.dispose()
    return outcome


def supervisor(plan: Plan) -> Supervisor:
    """Make whoever starts the workers and kills them."""
    return Supervisor(plan.workers, kill_every=plan.kill_every, seed=plan.seed, is_brief=plan.is_brief)


def rooms_for(bookings: int) -> int:
    """Tell how many rooms there have to be for so many bookings within the window, with some to spare."""
    return max(5, -(-bookings * 5 // (SPARE * len(SLOTS) * MOST_DAYS)))


def furnish(app: Flask, remote: Remote, *, rooms: int) -> None:
    """Make the rooms on both sides; some are slow to answer, some never say a word, all say no now and then."""
    with app.app_context(), transaction():
        for number in range(rooms):
            address = f"rom-{number}@example.org"
            mode = {1: "late", 2: "silent"}.get(number % 10, "auto")
            remote.room(address, name=f"Rom {number}", mode=mode, delay=4, declines=0.01)
            db.session.add(Room(name=f"Rom {number}", address=address, seats=8))


def wish(app: Flask, remote: Remote, plan: Plan, progress: Progress, workers: Supervisor, *, began: float) -> None:
    """Wish for one portion after the other, as fast as they are dealt with."""
    chance, last_told = random.Random(plan.seed), began
    while progress.wished < plan.bookings and time.monotonic() < began + plan.seconds:
        workers.look(calls(remote))
        if count_waiting(app, progress, began) < BACKLOG:
            numbers = range(progress.wished, min(progress.wished + PORTION, plan.bookings))
            with app.app_context(), transaction():
                for number in numbers:
                    book(number, rooms=rooms_for(plan.bookings))
            progress.wished = numbers.stop
            meddle(app, progress, chance, rooms=rooms_for(plan.bookings))
        else:
            time.sleep(0.1)
        if time.monotonic() - last_told > 30:
            last_told = time.monotonic()
            say_how_far(app, remote, progress, workers, seconds=last_told - began)


def book(number: int, *, rooms: int, move: int = 0) -> None:
    """Promise a room for two hours; a move is to the same hour of another week."""
    a_slot = max(1, rooms * SPARE // 5)
    slot = number // a_slot
    day = clock.today() + timedelta(days=1 + slot // len(SLOTS) + move)
    starts_at = clock.at_wall(day, wall_time(SLOTS[slot % len(SLOTS)]))
    service.book(
        purpose=f"bench:{number}",
        title="Brettspel",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        seats=6,
    )


def meddle(app: Flask, progress: Progress, chance: random.Random, *, rooms: int) -> None:
    """Be people who change their minds, and a queue that hands a job out twice."""
    with app.app_context():
        for _ in range(PORTION // 20):
            number = chance.randrange(progress.wished)
            with transaction():
                service.release(f"bench:{number}")
            progress.acts["given back"] += 1
            with transaction():
                book(chance.randrange(progress.wished), rooms=rooms, move=7)
            progress.acts["moved"] += 1
        latest = select(Booking.id).order_by(Booking.id.desc()).limit(PORTION * 4)
        with transaction():
            known = db.session.scalars(latest).all()
            for name in ("rooms.reserve", "rooms.watch", "rooms.release"):
                jobs.enqueue(name, booking_id=chance.choice(known))
                progress.acts[f"{name} delivered twice"] += 1


def count_waiting(app: Flask, progress: Progress, began: float) -> int:
    """Count the jobs that wait, and note when a sweep has ended."""
    scheduled = func.coalesce(jobs.Job.key, "").like("schedule:%")
    with app.app_context():
        next_sweep = db.session.scalar(select(jobs.Job.next_at).where(jobs.Job.key == "schedule:rooms.reconcile"))
        # One that failed is due again within seconds; one that came to its end, after the whole time between two.
        has_ended = next_sweep is not None and next_sweep - clock.now() > SWEEP_IS_FAR
        if progress.next_sweep is not None and next_sweep != progress.next_sweep and has_ended:
            progress.sweeps.append(time.monotonic() - began)
        progress.next_sweep = next_sweep
        waiting = select(func.count()).where(jobs.Job.state == jobs.State.WAITING, ~scheduled)
        return db.session.scalar(waiting) or 0


def settle(app: Flask, remote: Remote, progress: Progress, workers: Supervisor, *, began: float, until: float) -> bool:
    """Let what is left be finished, faults and all; then sweep twice in peace. Tell whether all is at rest."""
    if not wait_for_rest(app, remote, progress, workers, began=began, until=until):
        return False
    remote.calm()
    workers.is_calm = True
    for _ in range(2):
        with app.app_context(), transaction():
            jobs.enqueue("rooms.reconcile", key="bench")
        if not wait_for_rest(app, remote, progress, workers, began=began, until=until):
            return False
    return True


def wait_for_rest(
    app: Flask, remote: Remote, progress: Progress, workers: Supervisor, *, began: float, until: float
) -> bool:
    """Wait until no job waits, no booking is open and nothing is on its way in Exchange."""
    while time.monotonic() < until:
        workers.look(calls(remote))
        if not count_waiting(app, progress, began) and not remote.figures()["pending"]:
            with app.app_context():
                if not db.session.scalar(select(func.count()).where(Booking.state.not_in(SETTLED))):
                    return True
        time.sleep(0.3)
    return False


def calls(remote: Remote) -> int:
    """Count the calls that Exchange has had."""
    return sum(remote.figures()["calls"].values())


def longest_gap(progress: Progress) -> float:
    """Give the seconds between the ends of two sweeps that lay furthest apart."""
    return max((later - earlier for earlier, later in pairwise(progress.sweeps)), default=0.0)


def say_how_far(app: Flask, remote: Remote, progress: Progress, workers: Supervisor, *, seconds: float) -> None:
    """Print a line now and then: a run that is broken off has said something."""
    with app.app_context():
        confirmed = db.session.scalar(select(func.count()).where(Booking.state == BookingState.CONFIRMED))
    figures = remote.figures()
    print(
        f"  {seconds:6.0f} s  wished {progress.wished}, confirmed {confirmed}, workers killed {workers.killed},"
        f" sweeps {len(progress.sweeps)}, doubled now {len(figures['still_doubled'])}"
        f" (longest so far {max([0.0, *figures['doubles']]):.0f} s)",
        flush=True,
    )


def tell(
    app: Flask,
    remote: Remote,
    outcome: bookings_compare.Outcome,
    progress: Progress,
    workers: Supervisor,
    *,
    seconds: float,
) -> None:
    """Print the tables."""
    figures = remote.figures()
    print_table("what was done to it", injected(figures["strikes"], figures["calls"], progress, workers))
    with app.app_context():
        kinds = select(BookingStep.kind, func.count()).group_by(BookingStep.kind)
        steps = {str(kind): count for kind, count in db.session.execute(kinds)}
    print_table("what the ledger says", steps)
    print(f"\n{sum(figures['calls'].values())} calls to the calendar, {len(progress.sweeps)} sweeps,", end=" ")
    print(f"longest between two {longest_gap(progress):.0f} s, {seconds:.0f} s in all")
    print(outcome)
    if not outcome.is_settled:
        tell_what_is_open(app)


def tell_what_is_open(app: Flask) -> None:
    """Print the ledgers of what is not at rest: which step it waits at is the first thing one wants to know."""
    with app.app_context():
        for booking in db.session.scalars(select(Booking).where(Booking.state.not_in(SETTLED)).limit(20)):
            steps = ", ".join(f"{step.at:%H:%M:%S} {step.kind} {step.detail}".rstrip() for step in booking.steps)
            print(f"  {booking.purpose} {booking.state}, looked {booking.looks} times: {steps}")


def injected(strikes: dict[str, int], calls: dict[str, int], progress: Progress, workers: Supervisor) -> dict[str, int]:
    """Give everything that was done to it, by name."""
    whim = {"room says no by whim": calls.get("declined by whim", 0)}
    return (
        strikes | whim | {"worker killed": workers.killed, "worker ended by itself": workers.died} | dict(progress.acts)
    )


def print_table(title: str, counts: dict[str, Any]) -> None:
    """Print counts under a title, two by two."""
    print(f"\n{title}")
    cells = [f"{name:40}{count:7}" for name, count in sorted(counts.items())]
    for number in range(0, len(cells), 2):
        print("  " + "    ".join(cells[number : number + 2]))


if __name__ == "__main__":
    main()
