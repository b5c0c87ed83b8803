"""Take the calendar away for an hour while rooms are wished for, and give it back: python -m bench outage --wishes 500.

The clocks of the portal and of a test Exchange server are held and moved on together: an hour passes while the wishes
come in, evenly; then the server answers again, and the jobs run, one after the other, until nothing is left. Every call
to the server costs what it is said to cost (--call-ms), since on a clock that stands still nothing would cost anything.
The goal: all resolved within five minutes of the recovery, the oldest first, and no storm while it was down.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as wall_time
from pathlib import Path

from sqlalchemy import func, select

from bench.claims import database
from bench.exchange import running, settings_for
from portal import create_app
from portal.blueprints.rooms import service
from portal.blueprints.rooms.models import Booking, BookingState, BookingStep, Room, StepKind
from portal.cli.database import bring_up_to_date
from portal.config import read
from portal.core import clock, jobs
from portal.core.db import db, transaction
from tests.exchange_server.client import Remote

ROOMS = 20
SLOTS = (10, 13, 16)
OUTAGE = timedelta(hours=1)
LIMIT = timedelta(minutes=5)
PATIENCE = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it."""

    wishes: int
    resolved: int
    calls_while_down: int
    seconds_to_all: float  # from the recovery until the last of them was confirmed, by the clock that was moved on
    out_of_order: int  # sent to the calendar before an older one
    refused_sign_ins: int

    @property
    def is_right(self) -> bool:
        """Tell whether the promise is kept."""
        return (
            self.resolved == self.wishes
            and self.seconds_to_all <= LIMIT.total_seconds()
            and self.out_of_order == 0
            and self.refused_sign_ins <= 1
        )

    def __str__(self) -> str:
        """Say it."""
        return (
            f"wishes {self.wishes}, resolved {self.resolved}, {self.seconds_to_all:.0f} s after the recovery,"
            f" sent before an older one {self.out_of_order}\n"
            f"calls while it was down {self.calls_while_down}, sign-ins refused {self.refused_sign_ins}"
        )


class Time:
    """The clocks of the portal and of Exchange, moved on together."""

    def __init__(self, remote: Remote, *, call_cost: timedelta) -> None:
        self._remote = remote
        self._call_cost = call_cost
        self._calls = 0
        self.moment = clock.now().replace(microsecond=0)
        self._frozen = clock.frozen(self.moment)
        self._frozen.__enter__()

    def pay(self) -> None:
        """Let the calls that were made since last time have cost their time."""
        calls = count_calls(self._remote)
        self.pass_by(self._call_cost * (calls - self._calls))
        self._calls = calls

    def pass_by(self, span: timedelta) -> None:
        """Move both clocks on."""
        if span <= timedelta():
            return
        self._remote.advance(span.total_seconds())
        self.moment += span
        self._frozen.__exit__(None, None, None)
        self._frozen = clock.frozen(self.moment)
        self._frozen.__enter__()

    def end(self) -> None:
        """Let the clock of the portal go again."""
        self._frozen.__exit__(None, None, None)


def main() -> None:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wishes", type=int, default=500)
    parser.add_argument("--call-ms", type=float, default=50, help="what a call costs: a worker makes three at once")
    parser.add_argument("--fault", choices=("unavailable", "reset", "unauthorized"), default="unavailable")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tunet-outage-") as folder, database(wanted.database) as url:
        outcome = run(Path(folder), url, wishes=wanted.wishes, call_ms=wanted.call_ms, fault=wanted.fault)
    print(outcome)
    if not outcome.is_right:
        sys.exit(1)


def run(folder: Path, url: str, *, wishes: int, call_ms: float = 50, fault: str = "unavailable") -> Outcome:
    """Take it away, wish, give it back, wait."""
    with running() as remote:
        os.environ.update(settings_for(remote) | {"PORTAL_FOLDER": str(folder), "PORTAL_DATABASE": url})
        app = create_app(read())
        bring_up_to_date(app)
        time = Time(remote, call_cost=timedelta(milliseconds=call_ms))
        try:
            with app.app_context():
                return _run(remote, time, wishes=wishes, fault=fault)
        finally:
            time.end()
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def _run(remote: Remote, time: Time, *, wishes: int, fault: str) -> Outcome:
    furnish(remote)
    work(time, until=time.moment + timedelta(minutes=1))  # it has been let in once before the trouble begins
    before = count_calls(remote)
    remote.fault(fault, times=None)
    for number in range(wishes):
        wish(number)
        work(time, until=time.moment + OUTAGE / wishes)
    while_down = count_calls(remote) - before
    remote.calm()
    back_at = time.moment
    work(time, until=back_at + PATIENCE, is_enough=lambda: count_open() == 0)
    return Outcome(
        wishes=wishes,
        resolved=count(BookingState.CONFIRMED),
        calls_while_down=while_down,
        seconds_to_all=seconds_until_all(back_at),
        out_of_order=count_out_of_order(),
        refused_sign_ins=remote.figures()["calls"].get("refused", 0),
    )


def furnish(remote: Remote) -> None:
    """Make the rooms on both sides, and the schedules."""
    with transaction():
        jobs.ensure_schedules()
        for number in range(ROOMS):
            address = f"rom-{number}@example.org"
            remote.room(address, name=f"Rom {number}")
            db.session.add(Room(name=f"Rom {number}", address=address, seats=8))


def wish(number: int) -> None:
    """Wish for a room for two hours."""
    slot = number // ROOMS
    starts_at = clock.at_wall(clock.today() + timedelta(days=2 + slot // len(SLOTS)), wall_time(SLOTS[slot % 3]))
    with transaction():
        service.book(
            purpose=f"bench:{number}",
            title="Brettspel",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            seats=6,
        )


def work(time: Time, *, until: datetime, is_enough: Callable[[], bool] = lambda: False) -> None:
    """Run what is due, and jump over the waiting in between."""
    while time.moment < until:
        if jobs.run_due(limit=1):
            time.pay()
            continue
        if is_enough():
            return
        db.session.remove()
        due_at = db.session.scalar(select(func.min(jobs.Job.next_at)).where(jobs.Job.state == jobs.State.WAITING))
        db.session.remove()
        time.pass_by(max(min(due_at or until, until) - time.moment, timedelta(milliseconds=1)))


def count(state: BookingState) -> int:
    """Count the bookings in a state."""
    return db.session.scalar(select(func.count()).where(Booking.state == state)) or 0


def count_open() -> int:
    """Count the bookings that are not confirmed yet."""
    return db.session.scalar(select(func.count()).where(Booking.state != BookingState.CONFIRMED)) or 0


def count_calls(remote: Remote) -> int:
    """Count the calls that Exchange has had."""
    return sum(remote.figures()["calls"].values())


def seconds_until_all(back_at: datetime) -> float:
    """Tell how long after the recovery the last booking was confirmed."""
    last = db.session.scalar(select(func.max(Booking.answered_at)))
    return (last - back_at).total_seconds() if last else float("inf")


def count_out_of_order() -> int:
    """Count the bookings that were sent to the calendar before one that was wished for earlier."""
    sent = select(BookingStep.booking_id).where(BookingStep.kind == StepKind.SENT).order_by(BookingStep.id)
    oldest_left, wrong = 0, 0
    for booking_id in db.session.scalars(sent):
        wrong += booking_id < oldest_left
        oldest_left = max(oldest_left, booking_id)
    return wrong


if __name__ == "__main__":
    main()
