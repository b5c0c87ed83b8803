"""Outgoing work: one table, one way. A wish is written in the transaction that caused it and is never given up.

A job function takes ids and looks at the state of the world, so that being called again is harmless. A plain function
runs in one transaction. A generator is cut by its yields: what stands between two of them is one transaction, and what
it yields is a call to the world outside, made with no transaction open::

    @job("notifications.deliver")
    def deliver(mail_id: int) -> Steps:
        letter = service.letter(mail_id)              # read and intend: committed before the call
        yield lambda: channel.send(letter)            # the world; an exception is thrown back in here
        service.note_sent(mail_id)                    # committed together with «done»
"""

from __future__ import annotations

import inspect
import os
import random
import secrets
import socket
import threading
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, String, and_, case, delete, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import clock, outside
from portal.core.db import Base, Timestamped, after_commit, db, is_sqlite, transaction

Call = Callable[[], Any]
Steps = Generator[Call, Any, None]
Function = Callable[..., Steps | None]

LEASE = timedelta(seconds=120)  # a worker that says nothing for this long is taken for dead
LONGEST_DEADLINE = timedelta(seconds=90)
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
TRIES_BEFORE_SHOWN = 3
FREE: dict[str, Any] = {"lease_until": None, "lease_by": None}


class State(StrEnum):
    """What a job is."""

    WAITING = "waiting"
    DONE = "done"


class Job(Timestamped, Base):
    """One wish for work, and how far it has come."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_due", "state", "next_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    args: Mapped[dict[str, Any]] = mapped_column(JSON)
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    state: Mapped[State] = mapped_column(String(10), default=State.WAITING)
    wishes: Mapped[int] = mapped_column(default=1)
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(default=clock.now)
    lease_until: Mapped[datetime | None]
    lease_by: Mapped[str | None] = mapped_column(String(120))
    failure: Mapped[str] = mapped_column(String(300), default="")
    done_at: Mapped[datetime | None]

    @property
    def needs_a_look(self) -> bool:
        """Tell whether it has failed so often that a person should see it."""
        return self.state == State.WAITING and self.tries >= TRIES_BEFORE_SHOWN


class Later(Exception):
    """Say from inside a job: not finished, call me again then. What the stretch wrote is kept."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


class LeaseLost(Exception):
    """Another worker has taken the job over; what this one was writing is undone."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A registered job function and its schedule, if it has one."""

    name: str
    function: Function
    deadline: timedelta
    next_time: Callable[[datetime], datetime] | None = None


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A job that this worker holds for now."""

    id: int
    name: str
    args: dict[str, Any]
    wishes: int
    tries: int
    holder: str


kinds: dict[str, Kind] = {}
wake = threading.Event()


def job(name: str, *, deadline: timedelta = timedelta(seconds=60)) -> Callable[[Function], Function]:
    """Register a job under a name such as «rooms.reserve». The deadline bounds one call to the outside."""
    if deadline > LONGEST_DEADLINE:
        raise ValueError(f"{name}: a deadline must be shorter than the lease")

    def register(function: Function) -> Function:
        next_time = getattr(function, "next_time", None)
        kinds[name] = Kind(name=name, function=function, deadline=deadline, next_time=next_time)
        return function

    return register


def every(interval: timedelta) -> Callable[[Function], Function]:
    """Put a job on a schedule: again so long after it ended. Stands below @job."""

    def mark(function: Function) -> Function:
        function.next_time = lambda moment: moment + interval  # type: ignore[attr-defined]
        return function

    return mark


def daily(at: time) -> Callable[[Function], Function]:
    """Put a job on a schedule: each day at a wall-clock time in Oslo. Stands below @job."""

    def next_time(moment: datetime) -> datetime:
        today = clock.at_wall(clock.wall(moment).date(), at)
        return today if today > moment else clock.at_wall(clock.wall(moment).date() + timedelta(days=1), at)

    def mark(function: Function) -> Function:
        function.next_time = next_time  # type: ignore[attr-defined]
        return function

    return mark


def enqueue(name: str, *, at: datetime | None = None, key: str | None = None, **ids: int | str) -> Job:
    """Wish for work, in the caller's transaction. With a key, one row serves all wishes for the same thing."""
    if name not in kinds:
        raise KeyError(f"no job is called {name}")
    at = at or clock.now()
    if key is None:
        wished = Job(name=name, args=ids, next_at=at)
        db.session.add(wished)
        db.session.flush()
    else:
        wished = _wish_under_key(key, name=name, at=at, ids=ids)
    _wake_workers()
    return wished


def _wish_under_key(key: str, *, name: str, at: datetime, ids: dict[str, Any]) -> Job:
    # In one statement: read and then written, two wishes at once would trip over each other on PostgreSQL, and one
    # written just after the job had ended would be lost. Counting the wishes keeps one that comes during a run.
    db.session.flush()
    fresh = _insert().values(name=name, args=ids, key=key, next_at=at)
    soonest = case((or_(Job.state == State.DONE, Job.next_at > at), fresh.excluded.next_at), else_=Job.next_at)
    again = {"state": State.WAITING, "args": fresh.excluded.args, "wishes": Job.wishes + 1, "done_at": None}
    upsert = fresh.on_conflict_do_update(index_elements=[Job.key], set_={**again, "next_at": soonest})
    return db.session.scalars(upsert.returning(Job), execution_options={"populate_existing": True}).one()


def _insert() -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(Job) if is_sqlite() else postgresql.insert(Job)


def ensure_schedules() -> None:
    """Make the rows of the scheduled jobs that have none yet; several workers may begin at once."""
    for kind in kinds.values():
        if kind.next_time:
            next_at = kind.next_time(clock.now())
            row = {"name": kind.name, "args": {}, "key": f"schedule:{kind.name}", "next_at": next_at}
            db.session.execute(_insert().values(row).on_conflict_do_nothing(index_elements=[Job.key]))


def run_due(limit: int = 20, *, holder: str = "") -> int:
    """Run what is due, at most so many jobs; give how many were run."""
    holder = holder or new_holder()
    for count in range(limit):
        claim = _claim(holder)
        if claim is None:
            return count
        run(claim)
    return limit


def new_holder() -> str:
    """Make a name for whoever holds leases: host, process and a random part."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def release_leases_of_the_dead(*, at_start: bool = True) -> None:
    """Free what dead processes of this host held, so that nothing waits for a lease that nobody holds.

    At the start of a process, what stands under its own number was held by another one before it.
    """
    free = update(Job).where(Job.lease_by.in_(dead_holders(at_start=at_start)))
    db.session.execute(free.values(FREE), execution_options={"synchronize_session": False})


def dead_holders(*, at_start: bool) -> list[str]:
    """Give who holds leases on this host and lives no more."""
    host = socket.gethostname()[:60]
    ours = Job.lease_by.startswith(f"{host}:", autoescape=True)
    holders = db.session.scalars(select(Job.lease_by).where(ours).distinct())
    return [holder for holder in holders if holder and not _lives(int(holder.split(":")[1]), at_start=at_start)]


def _lives(process_id: int, *, at_start: bool) -> bool:
    return _is_alive(process_id) or (process_id == os.getpid() and not at_start)


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process_id != os.getpid()


def _is_due(moment: datetime) -> Any:
    unleased = or_(Job.lease_until.is_(None), Job.lease_until < moment)
    return and_(Job.state == State.WAITING, Job.next_at <= moment, unleased)


def _claim(holder: str) -> Claim | None:
    moment = clock.now()
    # Most looks find nothing: a read is cheap, and takes no write lock on SQLite.
    if db.session.scalar(select(Job.id).where(_is_due(moment)).limit(1)) is None:
        db.session.rollback()
        return None
    db.session.rollback()
    due = select(Job.id).where(_is_due(moment)).order_by(Job.next_at, Job.id).limit(1).with_for_update(skip_locked=True)
    # "=" and not "IN": PostgreSQL may ask an IN anew for each row it looks at, and so take more than one.
    taken = update(Job).where(Job.id == due.scalar_subquery()).values(lease_until=moment + LEASE, lease_by=holder)
    with transaction() as session:
        row = session.execute(taken.returning(Job.id, Job.name, Job.args, Job.wishes, Job.tries)).first()
    if row is None:
        return None
    return Claim(id=row.id, name=row.name, args=row.args, wishes=row.wishes, tries=row.tries, holder=holder)


def run(claim: Claim) -> None:
    """Run a claimed job to its end, its next «later», or its failure."""
    try:
        _run_steps(claim)
    except LeaseLost:
        return
    except Exception as error:  # whatever a job raises is noted on its row and tried again: nothing may stop the worker
        with transaction():
            _note_failure(claim, error)


def _run_steps(claim: Claim) -> None:
    steps = _steps(kinds[claim.name].function, claim.args)
    advance: Callable[[], Call] = lambda: next(steps)  # noqa: E731
    while True:
        # The row of the job is locked last: whoever wishes for work has locked the thing first and the job's row after,
        # and two orders would be a deadlock on PostgreSQL. Holding it, we alone say how many wishes there are.
        with transaction():
            try:
                call = advance()
            except StopIteration:
                _hold(claim)
                _finish(claim)
                return
            except Later as later:
                _hold(claim)
                _postpone(claim, later.wait)
                return
            _hold(claim)
        advance = _call_outside(claim, call, steps)


def _steps(function: Function, args: dict[str, Any]) -> Steps:
    started = function(**args)
    if inspect.isgenerator(started):
        yield from started


def _call_outside(claim: Claim, call: Call, steps: Steps) -> Callable[[], Call]:
    try:
        answer = outside.call(call, kind=claim.name, subject=claim, deadline=kinds[claim.name].deadline)
    except Exception as error:  # handed to the job, which knows what an answer that never came means
        failure = error
        return lambda: steps.throw(failure)
    return lambda: steps.send(answer)


def _change(claim: Claim, **values: Any) -> None:
    mine = and_(Job.id == claim.id, Job.lease_by == claim.holder)
    changed = update(Job).where(mine).values(**values).returning(Job.id)
    if db.session.scalar(changed, execution_options={"synchronize_session": False}) is None:
        raise LeaseLost


def _hold(claim: Claim) -> None:
    _change(claim, lease_until=clock.now() + LEASE)


def _finish(claim: Claim) -> None:
    next_time = kinds[claim.name].next_time
    scheduled = db.session.scalar(select(Job.key).where(Job.id == claim.id)) == f"schedule:{claim.name}"
    values: dict[str, Any] = {"tries": 0, "failure": "", **FREE}
    if next_time and scheduled:
        values |= {"next_at": next_time(clock.now())}
    elif not _is_wished_again(claim):
        values |= {"state": State.DONE, "done_at": clock.now()}
    _change(claim, **values)


def _is_wished_again(claim: Claim) -> bool:
    return db.session.scalar(select(Job.wishes).where(Job.id == claim.id)) != claim.wishes


def _postpone(claim: Claim, wait: timedelta) -> None:
    # Whoever wished meanwhile has seen something change: that is looked at now, not when this run wanted to look again.
    later = {} if _is_wished_again(claim) else {"next_at": clock.now() + wait}
    _change(claim, tries=0, failure="", **later, **FREE)


def note_hanging(claim: Claim) -> None:
    """Take a job from the thread whose call hangs. It is done anew no sooner than after a worker's death."""
    _note_failure(claim, outside.DeadlinePassed(), at_least=LEASE)


def _note_failure(claim: Claim, error: Exception, *, at_least: timedelta = timedelta()) -> None:
    wait = min(FIRST_WAIT * 2 ** min(claim.tries, 12), LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311
    wait = max(wait, at_least)
    try:
        _change(claim, tries=claim.tries + 1, next_at=clock.now() + wait, failure=describe(error), **FREE)
    except LeaseLost:
        return


def describe(error: Exception) -> str:
    """Say what failed and where, without the words of the exception: those may quote a person."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__} · {place}"[:300]


def _wake_workers() -> None:
    if is_sqlite():
        after_commit(wake.set)
    else:
        db.session.execute(text("SELECT pg_notify('job', '')"))


def forget_done(before: datetime) -> int:
    """Delete what was done before a moment; scheduled rows are never done."""
    old = delete(Job).where(Job.state == State.DONE, Job.done_at < before).returning(Job.id)
    return len(db.session.scalars(old).all())


def waiting(limit: int = 100) -> Iterable[Job]:
    """Give what waits, what has failed most first."""
    order = (Job.tries.desc(), Job.next_at)
    return db.session.scalars(select(Job).where(Job.state == State.WAITING).order_by(*order).limit(limit)).all()


def count_done_since(moment: datetime) -> int:
    """Count what was done since a moment."""
    return db.session.scalar(select(func.count()).where(Job.state == State.DONE, Job.done_at >= moment)) or 0


def try_now(job_id: int) -> Job | None:
    """Make a waiting job due now; None when it is done, or not there."""
    known = db.session.get(Job, job_id)
    if known is None or known.state == State.DONE:
        return None
    known.next_at = clock.now()
    _wake_workers()
    return known


def is_reachable() -> bool:
    """Ask the database for something small; raises when it does not answer."""
    return db.session.scalar(select(1)) == 1
