"""Calls to the outside that hang: no thread is held for good, and the job is taken up again, looking first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal import worker
from portal.config import Settings
from portal.core import clock, jobs, outside
from portal.core import settings as core_settings
from portal.core.db import db, transaction
from portal.core.jobs import LEASE, Job, State, Steps
from portal.core.outside import MOST_HANGING, DeadlinePassed, StillHanging
from portal.worker import Worker

SOON = timedelta(milliseconds=50)


class World:
    """A system outside that hangs until it is let go, and what was seen and done of it."""

    def __init__(self) -> None:
        self.hangs = True
        self.let_go = threading.Event()
        self.asked, self.done, self.seen_by = 0, 0, list[str]()

    def act(self) -> str:
        """Do it once for all; answer at once or, as long as it hangs, not before it is let go."""
        self.asked += 1
        self.seen_by.append(threading.current_thread().name)
        self.done += 1
        if self.hangs:
            self.let_go.wait(60)
        return "done"


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.let_go.set()


@pytest.fixture
def own_worker(own_app: Flask, own_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Worker]]:
    """Start a worker that looks often; it is stopped after the test."""
    monkeypatch.setattr(worker, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.02)
    core_settings.use(Settings(database=own_url, testing=True))
    monkeypatch.setattr(Worker, "_listen", lambda _: None)
    started: list[Worker] = []

    def start(threads: int = 1) -> Worker:
        monkeypatch.setattr(jobs, "ensure_schedules", lambda: None)
        started.append(Worker(own_app, threads=threads))
        started[-1].start()
        return started[-1]

    yield start
    for each in started:
        each.stop(patience=5)
    # Those that were left end too, now that the world lets go: the database of the test goes after this.
    wait_for(lambda: not [each for each in threading.enumerate() if each.name.startswith("worker-")])


@pytest.fixture
def register() -> Iterator[Callable[..., None]]:
    """Register jobs for one test."""
    before = dict(jobs.kinds)

    def add(name: str, function: Callable[..., Steps | None], deadline: timedelta = SOON) -> None:
        jobs.job(name, deadline=deadline)(function)

    yield add
    jobs.kinds.clear()
    jobs.kinds.update(before)


def wait_for(happens: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while not happens():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.01)


def wish(app: Flask, name: str) -> None:
    with app.app_context(), transaction():
        jobs.enqueue(name)


def row(app: Flask, name: str) -> Job:
    with app.app_context():
        return db.session.scalars(select(Job).where(Job.name == name)).one()


def make_due(app: Flask, name: str) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Job).where(Job.name == name).values(next_at=clock.now()))
    jobs.wake.set()


def test_other_work_goes_on_while_a_call_hangs_past_its_deadline(
    own_app: Flask, own_worker: Callable[..., Worker], register: Callable[..., None], world: World
) -> None:
    ran = threading.Event()

    def hang() -> Steps:
        yield world.act

    register("tests.hang", hang)
    register("tests.quick", ran.set)
    wish(own_app, "tests.hang")
    own_worker(threads=1)
    wait_for(lambda: world.asked)
    wish(own_app, "tests.quick")
    assert ran.wait(30)


def test_the_job_says_so_and_is_done_anew_no_sooner_than_after_a_lease(
    own_app: Flask, own_worker: Callable[..., Worker], register: Callable[..., None], world: World
) -> None:
    def hang() -> Steps:
        yield world.act

    register("tests.hang", hang)
    began = clock.now()
    wish(own_app, "tests.hang")
    own_worker()
    wait_for(lambda: row(own_app, "tests.hang").tries == 1)
    noted = row(own_app, "tests.hang")
    assert (noted.state, noted.lease_by, noted.failure.split(" ")[0]) == (State.WAITING, None, DeadlinePassed.__name__)
    assert noted.next_at >= began + LEASE


def test_it_looks_first_when_it_is_taken_up_again_and_does_nothing_twice(
    own_app: Flask, own_worker: Callable[..., Worker], register: Callable[..., None], world: World
) -> None:
    looked: list[int] = []

    def see_to_it() -> Steps:
        looked.append(world.done)
        if not world.done:
            yield world.act

    register("tests.hang", see_to_it)
    wish(own_app, "tests.hang")
    own_worker()
    wait_for(lambda: row(own_app, "tests.hang").tries == 1)
    make_due(own_app, "tests.hang")
    wait_for(lambda: row(own_app, "tests.hang").state == State.DONE)
    assert (looked, world.done) == ([0, 1], 1)


def test_an_answer_that_comes_too_late_changes_nothing_and_its_thread_ends(
    own_app: Flask, own_worker: Callable[..., Worker], register: Callable[..., None], world: World
) -> None:
    heard: list[str] = []

    def hang() -> Steps:
        heard.append((yield world.act))

    register("tests.hang", hang)
    wish(own_app, "tests.hang")
    before = own_worker()
    first = before.threads[0]
    wait_for(lambda: row(own_app, "tests.hang").tries == 1)
    world.let_go.set()
    first.join(30)
    assert not first.is_alive()
    noted = row(own_app, "tests.hang")
    assert (noted.state, noted.tries) == (State.WAITING, 1)
    assert before.threads[0] is not first
    assert before.threads[0].is_alive()


def test_a_system_that_hangs_for_good_takes_a_few_threads_and_no_more(
    own_app: Flask, own_worker: Callable[..., Worker], register: Callable[..., None], world: World
) -> None:
    def hang() -> Steps:
        yield world.act

    register("tests.hang", hang)
    wish(own_app, "tests.hang")
    own_worker()
    for tries in range(1, MOST_HANGING + 3):
        wait_for(lambda tries=tries: row(own_app, "tests.hang").tries == tries)
        make_due(own_app, "tests.hang")
    assert world.asked == MOST_HANGING
    assert row(own_app, "tests.hang").failure.startswith(StillHanging.__name__)
    world.hangs = False
    world.let_go.set()
    wait_for(lambda: not outside._running)
    make_due(own_app, "tests.hang")
    wait_for(lambda: row(own_app, "tests.hang").state == State.DONE)


def test_a_call_within_its_deadline_is_left_alone(
    own_app: Flask, own_worker: Callable[..., Worker], register: Callable[..., None], world: World
) -> None:
    def patient() -> Steps:
        yield world.act

    register("tests.patient", patient, deadline=timedelta(seconds=60))
    wish(own_app, "tests.patient")
    running = own_worker()
    wait_for(lambda: world.asked)
    assert outside.give_up(running.threads) == []
    world.let_go.set()
    wait_for(lambda: row(own_app, "tests.patient").state == State.DONE)


def test_no_deadline_reaches_the_lease() -> None:
    assert jobs.LONGEST_DEADLINE < LEASE
    assert all(kind.deadline <= jobs.LONGEST_DEADLINE for kind in jobs.kinds.values())
    with pytest.raises(ValueError, match="shorter than the lease"):
        jobs.job("tests.long", deadline=LEASE)
