"""Book many nights through the real worker while it is killed again and again: python -m bench.bookings.

A test Exchange server on loopback loses answers and commits late; the worker gets SIGKILL at random moments of its
work. At the end every promise is compared with what stands in the calendar. The goal is 0 lost and 0 doubled.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import time as wall_time
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from portal import create_app
from portal.blueprints.rooms import service
from portal.blueprints.rooms.models import Booking, BookingState, BookingStep, Room
from portal.cli.database import bring_up_to_date
from portal.config import read
from portal.core import clock, jobs
from portal.core.db import db, transaction
from tests.exchange_server.client import Remote
from tests.exchange_server.server import ExchangeServer

ROOMS = 3
SETTLED = (BookingState.CONFIRMED, BookingState.RELEASED, BookingState.DECLINED)
FAULTS = (
    ("lost_answer", "CreateItem", 0.20),
    ("late_commit", "CreateItem", 0.05),
    ("soap_fault", "CreateItem", 0.03),
    ("lost_answer", "DeleteItem", 0.10),
    ("reset", "FindItem", 0.03),
    ("unavailable", "GetItem", 0.03),
)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much, and for how long at most."""

    nights: int
    kills: int
    seconds: float
    seed: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What stands at the end."""

    promised: int
    released: int
    lost: int
    doubled: int
    ghosts: int


def main() -> None:
    """Run the bench and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=300)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=600, help="give up after so long")
    parser.add_argument("--seed", type=int, default=1)
    plan = Plan(**vars(parser.parse_args()))
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, "-m", "tests.exchange_server"], stdout=subprocess.PIPE, text=True
        ) as exchange,
    ):
        assert exchange.stdout is not None
        try:
            run(plan, Path(folder), exchange.stdout.readline().strip())
        finally:
            exchange.kill()


def run(plan: Plan, folder: Path, url: str) -> None:
    """Book, kill, settle, compare."""
    os.environ.update(environment(folder, url))
    app = create_app(read())
    bring_up_to_date(app)
    remote = Remote(url.removesuffix("/EWS/Exchange.asmx"))
    furnish(app, remote)
    chance, started = random.Random(plan.seed), time.monotonic()
    killed = 0
    for part in shares(plan.nights, plan.kills + 1):
        book(app, part)
        give_back(app, chance)
        if killed < plan.kills and time.monotonic() - started < plan.seconds / 2:
            killed += kill_at_work(remote, chance)
    is_settled = settle(app, remote, started + plan.seconds)
    outcome = compare(app, remote)
    tell(app, remote, outcome, killed=killed, seconds=time.monotonic() - started, is_settled=is_settled)
    if outcome.lost or outcome.doubled or outcome.ghosts or not is_settled:
        sys.exit(1)


def environment(folder: Path, url: str) -> dict[str, str]:
    """Give the settings that the worker is started with."""
    return {
        "PORTAL_FOLDER": str(folder),
        "PORTAL_CALENDAR": "exchange",
        "PORTAL_EWS_URL": url,
        "PORTAL_EWS_USER": ExchangeServer.user,
        "PORTAL_EWS_PASSWORD": ExchangeServer.password,
        "PORTAL_EWS_MAILBOX": ExchangeServer.mailbox,
    }


def furnish(app: Flask, remote: Remote) -> None:
    """Make the rooms on both sides, and script the faults."""
    with app.app_context(), transaction():
        for number in range(ROOMS):
            address = f"rom-{number}@example.org"
            remote.room(address, name=f"Rom {number}")
            db.session.add(Room(name=f"Rom {number}", address=address, seats=8 + number))
    for kind, operation, probability in FAULTS:
        remote.fault(kind, operation=operation, chance=probability, times=None, seconds=3)


def shares(total: int, parts: int) -> list[range]:
    """Cut the nights into as many shares as there are rounds."""
    edges = [total * number // parts for number in range(parts + 1)]
    return [range(first, last) for first, last in itertools.pairwise(edges)]


def book(app: Flask, numbers: range) -> None:
    """Promise some nights, as many a day as there are rooms."""
    with app.app_context(), transaction():
        for number in numbers:
            starts_at = clock.at_wall(clock.today() + timedelta(days=1 + number // ROOMS), wall_time(17))
            service.book(
                purpose=f"evening:{number}",
                title="Brettspel",
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=3),
                seats=6,
            )


def give_back(app: Flask, chance: random.Random) -> None:
    """Release a night here and there, in whatever state it is."""
    with app.app_context(), transaction():
        wanted = db.session.scalars(select(Booking.purpose).where(Booking.is_wanted)).all()
        if wanted and chance.random() < 0.4:
            service.release(chance.choice(wanted))


def start_worker() -> subprocess.Popen[bytes]:
    """Start `portal worker` as a process of its own."""
    command = [sys.executable, "-c", "from portal.cli import main; main()", "worker"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_at_work(remote: Remote, chance: random.Random) -> int:
    """Start a worker, let it begin, and kill it at a random moment."""
    before = calls(remote)
    worker = start_worker()
    patience = time.monotonic() + 20
    while calls(remote) == before and time.monotonic() < patience:
        time.sleep(0.05)
    time.sleep(chance.uniform(0.0, 3.0))
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    return 1


def settle(app: Flask, remote: Remote, until: float) -> bool:
    """Let a worker finish what is left, faults and all; then take stock twice in peace. Tell whether all is at rest."""
    worker = start_worker()
    try:
        for _ in range(2):
            if not wait_for_rest(app, until):
                return False
            remote.calm()
            with app.app_context(), transaction():
                jobs.enqueue("rooms.reconcile", key="bench")
        return wait_for_rest(app, until)
    finally:
        worker.terminate()
        with suppress(subprocess.TimeoutExpired):
            worker.wait(20)
        worker.kill()


def wait_for_rest(app: Flask, until: float) -> bool:
    """Wait until no booking is open and no job of theirs waits."""
    while time.monotonic() < until:
        with app.app_context():
            open_jobs = select(func.count()).where(
                jobs.Job.state == jobs.State.WAITING, ~func.coalesce(jobs.Job.key, "").like("schedule:%")
            )
            open_bookings = select(func.count()).where(Booking.state.not_in(SETTLED))
            if not db.session.scalar(open_jobs) and not db.session.scalar(open_bookings):
                return True
        time.sleep(0.5)
    return False


def compare(app: Flask, remote: Remote) -> Outcome:
    """Compare every promise with what stands in the calendar and in the rooms."""
    state = remote.state()
    meetings = Counter(key for meeting in state["meetings"] for key in meeting["extended"].values())
    accepted = {
        next(iter(meeting["extended"].values()))
        for meeting in state["meetings"]
        if meeting["attendees"][0]["response"] == "Accept"
    }
    with app.app_context():
        bookings = db.session.scalars(select(Booking)).all()
        wanted = {booking.uuid for booking in bookings if booking.is_wanted}
        confirmed = {booking.uuid for booking in bookings if booking.state == BookingState.CONFIRMED}
        purposes = {booking.purpose for booking in bookings}
    kept = {booking.purpose for booking in bookings if booking.uuid in confirmed & accepted}
    given_back = {booking.purpose for booking in bookings if booking.is_current and not booking.is_wanted}
    return Outcome(
        promised=len(purposes),
        released=len(given_back),
        lost=len(purposes - given_back - kept),
        doubled=sum(count - 1 for count in meetings.values()),
        ghosts=sum(1 for key in meetings if key not in wanted) + len(state["entries"]) - len(accepted),
    )


def calls(remote: Remote) -> int:
    """Count the calls that Exchange has had."""
    return sum(remote.state()["calls"].values())


def tell(app: Flask, remote: Remote, outcome: Outcome, *, killed: int, seconds: float, is_settled: bool) -> None:
    """Print the figures."""
    with app.app_context():
        kinds = select(BookingStep.kind, func.count()).group_by(BookingStep.kind)
        steps = {str(kind): count for kind, count in db.session.execute(kinds)}
    print(f"nights promised {outcome.promised}, given back {outcome.released}, worker killed {killed} times")
    print(f"lost {outcome.lost}, doubled {outcome.doubled}, ghosts {outcome.ghosts}")
    print(
        f"answers lost or late {steps.get('doubted', 0)}, doubled meetings found and removed {steps.get('doubled', 0)}"
    )
    print(f"{calls(remote)} calls to Exchange in {seconds:.0f} s, {'at rest' if is_settled else 'NOT AT REST'}")


if __name__ == "__main__":
    main()
