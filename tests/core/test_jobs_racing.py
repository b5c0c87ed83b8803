"""Jobs between real connections: threads and processes that race for the same rows, and one that is killed."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal.core import clock, jobs
from portal.core.db import db, transaction
from portal.core.jobs import LEASE, Job, State
from tests.core import racing

HOW_MANY = 200
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(own_url: str, tmp_path: Path) -> Iterator[Start]:
    """Start a worker process on the database of this test; it waits for go()."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(*, ahead: timedelta = timedelta()) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "tests.core.racing", own_url, str(tmp_path), str(ahead.total_seconds())]
        started.append(subprocess.Popen(words))
        wait_for(lambda: len(list(tmp_path.glob("ready-*"))) == len(started))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


def wait_for(happens: Callable[[], object]) -> None:
    until = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.01)


def go(folder: Path) -> None:
    (folder / "go").touch()


def wish_for_notes(app: Flask) -> None:
    with app.app_context(), transaction():
        for number in range(HOW_MANY):
            jobs.enqueue("tests.note", number=number)


def at_once(app: Flask, *functions: Callable[[], object]) -> list[object]:
    """Run each in a thread with a connection of its own, all begun at the same time; give what they gave or raised."""
    barrier = threading.Barrier(len(functions))

    def run(function: Callable[[], object]) -> object:
        with app.app_context():
            barrier.wait()
            try:
                return function()
            except Exception as error:
                return error

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(run, functions))


def run_until_empty() -> None:
    while jobs.run_due():
        pass


def test_threads_that_race_for_jobs_run_each_exactly_once(own_app: Flask) -> None:
    wish_for_notes(own_app)
    assert at_once(own_app, *[run_until_empty] * 4) == [None] * 4
    with own_app.app_context():
        assert racing.noted() == list(range(HOW_MANY))
        assert set(db.session.scalars(select(Job.state))) == {State.DONE}
        assert set(db.session.scalars(select(Job.tries))) == {0}


def test_processes_that_race_for_jobs_run_each_exactly_once(own_app: Flask, start: Start, tmp_path: Path) -> None:
    wish_for_notes(own_app)
    workers = [start() for _ in range(2)]
    go(tmp_path)
    assert [worker.wait(60) for worker in workers] == [0, 0]
    with own_app.app_context():
        assert racing.noted() == list(range(HOW_MANY))
        assert len(set(db.session.scalars(select(racing.runs.c.holder)))) == 2, "one of them did everything"


def test_one_claim_takes_one_job(own_app: Flask) -> None:
    wish_for_notes(own_app)
    with own_app.app_context():
        for _ in range(3):
            assert jobs._claim("me:1:x")
        assert db.session.scalar(select(func.count()).where(Job.lease_by == "me:1:x")) == 3


@pytest.fixture
def slow_job(own_app: Flask) -> int:
    with own_app.app_context(), transaction():
        return jobs.enqueue("tests.slow", number=1).id


def kill_in_the_call(start: Start, folder: Path) -> None:
    worker = start()
    go(folder)
    wait_for((folder / "began-1").exists)
    worker.kill()
    worker.wait()


def test_a_worker_killed_in_the_middle_of_a_call_leaves_a_job_that_runs_again(
    own_app: Flask, start: Start, tmp_path: Path, slow_job: int
) -> None:
    kill_in_the_call(start, tmp_path)
    with own_app.app_context():
        assert racing.noted() == []
        assert db.session.get_one(Job, slow_job).lease_by
    # Begun again on the same host, a worker frees what its dead brother held and need not wait for the lease.
    assert start().wait(60) == 0
    with own_app.app_context():
        assert racing.noted() == [1]
        assert db.session.get_one(Job, slow_job).state == State.DONE


def test_what_a_dead_worker_of_another_host_held_runs_when_the_lease_is_over(
    own_app: Flask, start: Start, tmp_path: Path, slow_job: int
) -> None:
    kill_in_the_call(start, tmp_path)
    with own_app.app_context(), transaction():
        db.session.execute(update(Job).values(lease_by="elsewhere:1:x"))
    start().wait(60)
    with own_app.app_context():
        assert racing.noted() == []
    start(ahead=LEASE + timedelta(seconds=1)).wait(60)
    with own_app.app_context():
        assert racing.noted() == [1]


def test_several_workers_make_each_schedule_once(own_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {f"tests.{n}": jobs.every(timedelta(hours=1)) for n in range(5)}
    monkeypatch.setattr(jobs, "kinds", {})
    for name, when in kinds.items():
        jobs.job(name)(when(lambda: None))

    def ensure() -> None:
        with transaction():
            jobs.ensure_schedules()

    assert at_once(own_app, *[ensure] * 4) == [None] * 4
    with own_app.app_context():
        assert sorted(db.session.scalars(select(Job.name))) == sorted(kinds)


def test_two_first_wishes_with_the_same_key_are_one_row(own_app: Flask) -> None:
    def wish_each(number: int) -> None:
        for n in range(30):
            with transaction():
                jobs.enqueue("tests.note", key=f"k{n}", number=number)

    assert at_once(own_app, *[lambda number=number: wish_each(number) for number in range(4)]) == [None] * 4  # type: ignore[misc]
    with own_app.app_context():
        assert list(db.session.scalars(select(Job.wishes))) == [4] * 30


def test_a_wish_made_while_the_job_ends_is_never_lost(own_app: Flask) -> None:
    """Somebody writes and wishes, again and again, while a worker runs: the last thing written is always seen."""
    from sqlalchemy import insert

    seen = []
    stop = threading.Event()

    def look(number: int) -> None:
        seen.append(db.session.scalar(select(func.count()).select_from(racing.runs)))

    def work() -> None:
        while not stop.is_set():
            jobs.run_due()

    def write() -> None:
        try:
            for n in range(150):
                with transaction() as session:
                    session.execute(insert(racing.runs).values(number=n, holder="writer"))
                    jobs.enqueue("tests.look", key="look", number=1)
        finally:
            stop.set()

    kept = dict(jobs.kinds)
    jobs.job("tests.look")(look)
    try:
        assert at_once(own_app, work, work, write) == [None] * 3
        with own_app.app_context():
            run_until_empty()
    finally:
        jobs.kinds.clear()
        jobs.kinds.update(kept)
    assert max(seen) == 150


def test_the_clock_of_the_test_is_the_clock_of_the_lease(own_app: Flask) -> None:
    with own_app.app_context():
        with transaction():
            jobs.enqueue("tests.note", number=1)
        with clock.frozen(datetime.now(UTC) - timedelta(hours=1)):
            assert jobs.run_due() == 0
        assert jobs.run_due() == 1
