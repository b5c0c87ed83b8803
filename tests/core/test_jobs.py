from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core import clock, jobs
from portal.core.audit import AuditEntry
from portal.core.clock import OSLO
from portal.core.db import db, transaction
from portal.core.jobs import LEASE, TRIES_BEFORE_SHOWN, Function, Job, Later, State, Steps

NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
At = Callable[[datetime], None]
Register = Callable[[Function], None]


@pytest.fixture(autouse=True)
def still(at: At, session: Session) -> None:
    """Stop the clock, and begin with no jobs waiting."""
    at(NOON)
    with transaction():
        db.session.execute(Job.__table__.delete())  # type: ignore[attr-defined]


@pytest.fixture
def does() -> Iterator[Register]:
    """Say what the job «tests.work» does in this test."""
    kept = dict(jobs.kinds)
    yield lambda function: jobs.job("tests.work")(function)  # type: ignore[return-value]
    jobs.kinds.clear()
    jobs.kinds.update(kept)


def wish(**values: Any) -> Job:
    with transaction():
        return jobs.enqueue("tests.work", **values)


def write(act: str) -> None:
    db.session.add(AuditEntry(act=act, ids={}))


def written() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def reread(job: Job) -> Job:
    db.session.expire_all()
    return db.session.get_one(Job, job.id)


def test_a_plain_job_runs_once_with_its_ids(does: Register) -> None:
    seen = []
    does(lambda booking_id, kind: seen.append((booking_id, kind)))
    job = wish(booking_id=7, kind="x")
    assert jobs.run_due() == 1
    assert jobs.run_due() == 0
    assert seen == [(7, "x")]
    assert (reread(job).state, reread(job).done_at, reread(job).lease_by) == (State.DONE, NOON, None)


def test_nobody_can_wish_for_a_job_that_does_not_exist() -> None:
    with pytest.raises(KeyError, match=r"no\.such"):
        jobs.enqueue("no.such")


def test_a_job_waits_for_its_moment(does: Register, at: At) -> None:
    does(lambda: write("ran"))
    wish(at=NOON + timedelta(minutes=5))
    at(NOON + timedelta(minutes=5, microseconds=-1))
    assert jobs.run_due() == 0
    at(NOON + timedelta(minutes=5))
    assert jobs.run_due() == 1


def test_what_was_due_first_runs_first(does: Register) -> None:
    seen: list[int] = []
    does(lambda n: seen.append(n))
    for n, minutes in enumerate([3, 9, 1]):
        wish(n=n, at=NOON - timedelta(minutes=minutes))
    assert jobs.run_due(limit=2) == 2
    assert seen == [1, 0]
    assert jobs.run_due(limit=2) == 1


def test_a_job_is_claimed_by_one_statement(does: Register) -> None:
    from tests.client import Watch

    does(lambda: None)
    wish()
    with Watch() as watch:
        assert jobs._claim("me:1:x") is not None
    updates = [statement for statement in watch.statements if statement.startswith("UPDATE job")]
    assert len(updates) == 1
    assert "SELECT" in updates[0]
    assert "RETURNING" in updates[0]


def test_looking_for_work_where_there_is_none_takes_no_lock(does: Register) -> None:
    from tests.client import Watch

    with Watch() as watch:
        assert jobs.run_due() == 0
    assert [statement.split()[0] for statement in watch.statements] == ["SELECT"]


def test_the_world_is_called_outside_any_transaction(does: Register) -> None:
    seen: list[object] = []

    def call() -> str:
        seen.append(db.session().in_transaction())
        return "answer"

    def work() -> Steps:
        write("intend")
        answer = yield call
        seen.append(answer)
        write("result")

    does(work)
    wish()
    jobs.run_due()
    assert seen == [False, "answer"]
    assert written() == ["intend", "result"]


def test_what_was_intended_is_committed_before_the_call(does: Register) -> None:
    def work() -> Steps:
        write("intend")
        yield lambda: 1 / 0

    does(work)
    wish()
    jobs.run_due()
    assert written() == ["intend"]


def test_an_exception_of_the_call_comes_back_into_the_job(does: Register) -> None:
    def work() -> Steps:
        try:
            yield lambda: 1 / 0
        except ZeroDivisionError:
            write("heard")

    does(work)
    job = wish()
    jobs.run_due()
    assert written() == ["heard"]
    assert reread(job).state == State.DONE


def test_a_failure_undoes_its_stretch_and_only_that(does: Register) -> None:
    def work() -> Steps:
        write("first")
        yield lambda: None
        write("second")
        raise RuntimeError

    does(work)
    job = wish()
    jobs.run_due()
    assert written() == ["first"]
    assert (reread(job).state, reread(job).tries) == (State.WAITING, 1)


def test_a_failure_is_tried_again_ever_later_and_never_given_up(does: Register, at: At) -> None:
    def fails() -> None:
        raise OSError

    does(fails)
    job = wish()
    waits = []
    for _ in range(15):
        moment = clock.now()
        assert jobs.run_due() == 1
        assert reread(job).needs_a_look == (reread(job).tries >= TRIES_BEFORE_SHOWN)
        waits.append((reread(job).next_at - moment).total_seconds())
        at(reread(job).next_at)
    assert 1.6 <= waits[0] <= 2.4
    assert 3.2 <= waits[1] <= 4.8
    assert all(480 <= wait <= 720 for wait in waits[9:])
    assert reread(job).state == State.WAITING


def test_a_failure_names_its_place_and_quotes_nobody(does: Register) -> None:
    def fails() -> None:
        raise ValueError("Anne said that")

    does(fails)
    job = wish()
    jobs.run_due()
    assert reread(job).failure.startswith("ValueError · tests.core.test_jobs:")
    assert "Anne" not in reread(job).failure


def test_success_after_failures_forgets_them(does: Register, at: At) -> None:
    outcomes = [OSError(), None]

    def work() -> None:
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome

    does(work)
    job = wish()
    jobs.run_due()
    at(NOON + timedelta(minutes=1))
    jobs.run_due()
    assert (reread(job).state, reread(job).tries, reread(job).failure) == (State.DONE, 0, "")


def test_later_keeps_what_was_written_and_is_no_failure(does: Register, at: At) -> None:
    def work() -> None:
        write("looked")
        raise Later(timedelta(minutes=10))

    does(work)
    job = wish()
    jobs.run_due()
    assert written() == ["looked"]
    assert (reread(job).tries, reread(job).next_at, reread(job).lease_by) == (0, NOON + timedelta(minutes=10), None)
    at(NOON + timedelta(minutes=10))
    assert jobs.run_due() == 1


def test_a_job_that_is_no_longer_in_the_code_is_shown_as_a_failure(does: Register) -> None:
    does(lambda: None)
    job = wish()
    del jobs.kinds["tests.work"]
    jobs.run_due()
    assert reread(job).failure.startswith("KeyError")


def test_wishes_with_the_same_key_are_one_row_and_the_soonest_wins(does: Register) -> None:
    does(lambda n: None)
    first = wish(key="k", n=1, at=NOON + timedelta(hours=2))
    second = wish(key="k", n=2, at=NOON + timedelta(hours=1))
    third = wish(key="k", n=3, at=NOON + timedelta(hours=3))
    assert first.id == second.id == third.id
    kept = reread(first)
    assert (kept.args, kept.wishes, kept.next_at) == ({"n": 3}, 3, NOON + timedelta(hours=1))


def test_a_wish_after_the_job_is_done_makes_it_wait_again(does: Register, at: At) -> None:
    does(lambda: write("ran"))
    job = wish(key="k")
    jobs.run_due()
    at(NOON + timedelta(hours=1))
    again = wish(key="k", at=NOON + timedelta(hours=2))
    assert (again.id, again.state, again.next_at) == (job.id, State.WAITING, NOON + timedelta(hours=2))
    at(NOON + timedelta(hours=2))
    jobs.run_due()
    assert written() == ["ran", "ran"]


def test_wishes_without_a_key_are_jobs_of_their_own(does: Register) -> None:
    does(lambda: None)
    assert wish().id != wish().id


@pytest.mark.parametrize("ends", [lambda: None, lambda: (_ for _ in ()).throw(Later(timedelta(hours=1)))])
def test_a_wish_that_comes_while_the_job_runs_is_not_lost(does: Register, ends: Callable[[], None]) -> None:
    ran = []

    def work() -> Steps:
        ran.append(1)
        if len(ran) == 1:
            yield lambda: wish(key="k")
            ends()

    does(work)
    job = wish(key="k")
    assert jobs.run_due() == 2
    assert reread(job).state == State.DONE


def test_a_wish_is_undone_with_what_caused_it(does: Register) -> None:
    does(lambda: None)
    with pytest.raises(ZeroDivisionError), transaction():
        jobs.enqueue("tests.work", n=1 / 0 if jobs.enqueue("tests.work") else 0)
    assert jobs.run_due() == 0


def take_over(job: Job, at: At) -> None:
    """Be another worker that takes the job when the lease of the first has run out."""
    at(NOON + LEASE + timedelta(seconds=1))
    assert jobs._claim("another:1:x") is not None


@pytest.mark.parametrize("outcome", ["ends", "fails", "later"])
def test_who_has_lost_the_lease_writes_nothing_more(does: Register, at: At, outcome: str) -> None:
    ends: dict[str, Exception | None] = {"ends": None, "fails": OSError(), "later": Later(timedelta(hours=1))}

    def work() -> Steps:
        yield lambda: take_over(job, at)
        write("too late")
        failure = ends[outcome]
        if failure:
            raise failure

    does(work)
    job = wish()
    jobs.run(jobs._claim("slow:1:x"))  # type: ignore[arg-type]
    assert written() == []
    kept = reread(job)
    assert (kept.lease_by, kept.tries, kept.state) == ("another:1:x", 0, State.WAITING)


def test_a_lease_that_was_lost_while_a_stretch_wrote_undoes_the_stretch(does: Register, at: At) -> None:
    def work() -> None:
        write("half")
        db.session.execute(Job.__table__.update().values(lease_by="another:1:x"))  # type: ignore[attr-defined]

    does(work)
    wish()
    jobs.run_due(limit=1)
    assert written() == []


def test_a_leased_job_is_not_given_to_another_until_the_lease_runs_out(does: Register, at: At) -> None:
    does(lambda: write("ran"))
    wish()
    assert jobs._claim("dead:1:x") is not None
    assert jobs._claim("other:1:x") is None
    at(NOON + LEASE)
    assert jobs._claim("other:1:x") is None
    at(NOON + LEASE + timedelta(microseconds=1))
    assert jobs.run_due() == 1
    assert written() == ["ran"]


def test_each_stretch_begins_the_lease_anew(does: Register, at: At) -> None:
    leases = []

    def work() -> Steps:
        yield lambda: at(NOON + timedelta(seconds=60))
        yield lambda: leases.append(db.session.scalar(select(Job.lease_until)))
        db.session.rollback()

    does(work)
    wish()
    jobs.run_due()
    assert leases == [NOON + timedelta(seconds=60) + LEASE]


def test_a_deadline_longer_than_the_lease_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter than the lease"):
        jobs.job("tests.long", deadline=LEASE)


def hold(job: Job, holder: str) -> None:
    with transaction():
        kept = db.session.get_one(Job, job.id)
        kept.lease_by, kept.lease_until = holder, NOON + LEASE


@pytest.mark.parametrize(
    ("holder", "is_freed"),
    [
        ("{here}:2147483646:x", True),
        ("{here}:{me}:x", True),  # this very process has just begun, so it was an earlier one with the same number
        ("{here}:{parent}:x", False),
        ("{here}:1:x", False),  # alive, but not ours to signal
        ("elsewhere:2147483646:x", False),
        ("{like_here}:2147483646:x", False),
    ],
)
def test_a_restart_frees_what_the_dead_of_this_host_held(
    does: Register, monkeypatch: pytest.MonkeyPatch, holder: str, is_freed: bool
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "ward_7")
    does(lambda: None)
    job = wish()
    hold(job, holder.format(here="ward_7", like_here="ward-7", me=os.getpid(), parent=os.getppid()))
    with transaction():
        jobs.release_leases_of_the_dead()
    assert (reread(job).lease_by is None) == is_freed


def test_a_worker_that_runs_frees_what_another_held_that_was_killed_and_not_its_own(does: Register) -> None:
    does(lambda: None)
    killed, own = wish(), wish()
    hold(killed, f"{socket.gethostname()[:60]}:2147483646:x")
    hold(own, f"{socket.gethostname()[:60]}:{os.getpid()}:x")
    assert len(jobs.dead_holders(at_start=False)) == 1
    with transaction():
        jobs.release_leases_of_the_dead(at_start=False)
    assert (reread(killed).lease_by, reread(own).lease_by is None) == (None, False)


def test_what_is_done_is_forgotten_and_what_waits_is_not(does: Register, at: At) -> None:
    does(lambda: None)
    wish()
    jobs.run_due()
    waiting = wish(at=NOON + timedelta(days=99))
    with transaction():
        assert jobs.forget_done(NOON) == 0
        assert jobs.forget_done(NOON + timedelta(microseconds=1)) == 1
    assert db.session.scalars(select(Job.id)).all() == [waiting.id]


def test_only_what_waits_can_be_tried_now(does: Register) -> None:
    does(lambda: None)
    later = wish(at=NOON + timedelta(days=1))
    with transaction():
        assert jobs.try_now(later.id) is not None
    assert jobs.run_due() == 1
    with transaction():
        assert jobs.try_now(later.id) is None
        assert jobs.try_now(later.id + 1) is None


@pytest.fixture
def scheduled(does: Register) -> Callable[[Any], None]:
    def schedule(when: Any, function: Function = lambda: None) -> None:
        jobs.kinds.clear()
        does(when(function))

    return schedule


def test_a_schedule_is_made_once_and_runs_again_after_each_end(scheduled: Any, at: At) -> None:
    scheduled(jobs.every(timedelta(minutes=2)))
    for _ in range(2):
        with transaction():
            jobs.ensure_schedules()
    assert db.session.scalar(select(func.count()).select_from(Job)) == 1
    assert jobs.run_due() == 0
    at(NOON + timedelta(minutes=2))
    assert jobs.run_due() == 1
    job = db.session.scalars(select(Job)).one()
    assert (job.state, job.next_at) == (State.WAITING, NOON + timedelta(minutes=4))


def test_a_schedule_that_failed_is_tried_again_soon(scheduled: Any, at: At) -> None:
    def fails() -> None:
        raise OSError

    scheduled(jobs.every(timedelta(hours=2)), fails)
    with transaction():
        jobs.ensure_schedules()
    at(NOON + timedelta(hours=2))
    jobs.run_due()
    job = db.session.scalars(select(Job)).one()
    assert job.next_at < NOON + timedelta(hours=2, seconds=3)


def oslo(year: int, month: int, day: int, hour: int, minute: int = 0, *, fold: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=OSLO, fold=fold)


@pytest.mark.parametrize(
    ("at_wall", "moments"),
    [
        (time(6, 15), [oslo(2026, 3, 28, 6, 15), oslo(2026, 3, 29, 6, 15), oslo(2026, 3, 30, 6, 15)]),
        (time(6, 15), [oslo(2026, 10, 24, 6, 15), oslo(2026, 10, 25, 6, 15), oslo(2026, 10, 26, 6, 15)]),
        # 02:30 does not exist in the spring night, and there are two of it in the autumn night.
        (time(2, 30), [oslo(2026, 3, 28, 2, 30), oslo(2026, 3, 29, 3, 30), oslo(2026, 3, 30, 2, 30)]),
        (time(2, 30), [oslo(2026, 10, 24, 2, 30), oslo(2026, 10, 25, 2, 30), oslo(2026, 10, 26, 2, 30)]),
        (time(23, 59), [oslo(2026, 10, 24, 23, 59), oslo(2026, 10, 25, 23, 59), oslo(2026, 10, 26, 23, 59)]),
    ],
)
def test_a_daily_job_follows_the_clock_on_the_wall(
    scheduled: Any, at: At, at_wall: time, moments: list[datetime]
) -> None:
    at(moments[0] - timedelta(hours=1))
    ran = []
    scheduled(jobs.daily(at_wall), lambda: ran.append(clock.now()))
    with transaction():
        jobs.ensure_schedules()
    minute = timedelta(minutes=1)
    for moment in moments:
        at(moment.astimezone(UTC) - minute)
        assert jobs.run_due() == 0
        at(moment.astimezone(UTC))
        assert jobs.run_due() == 1
    assert ran == [moment.astimezone(UTC) for moment in moments]
