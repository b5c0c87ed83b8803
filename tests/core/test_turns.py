"""Who writes into SQLite: one after the other inside a process, in the order in which they came."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portal.core import clock
from portal.core import db as core_db
from portal.core.db import db, is_sqlite, transaction
from portal.core.throttle import Throttle
from portal.core.turns import Turns


def wait_for(happens: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while not happens():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.005)


def test_whoever_came_first_goes_in_first() -> None:
    turns, came = Turns(), list[int]()
    assert turns.take(patience=0)

    def come(number: int) -> None:
        assert turns.take(patience=30)
        came.append(number)
        turns.give()

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=come, args=(number,)))
        threads[-1].start()
        wait_for(lambda number=number: len(turns._waiting) == number + 1)
    turns.give()
    for thread in threads:
        thread.join()
    assert came == list(range(5))
    assert turns.take(patience=0), "the last one has left the door open"


def test_whoever_has_no_patience_left_stands_in_nobodys_way() -> None:
    turns = Turns()
    assert turns.take(patience=0)
    assert not turns.take(patience=0.01)
    turns.give()
    assert turns.take(patience=0)


def wait_in_the_door(app: Flask, *, inside: threading.Event, go: threading.Event, fails: bool = False) -> None:
    with app.app_context():
        try:
            with transaction():
                db.session.add(Throttle(key=secrets.token_hex(8), until=clock.now(), count=1))
                db.session.flush()
                inside.set()
                assert go.wait(30)
                if fails:
                    raise RuntimeError
        except RuntimeError:
            pass


@pytest.mark.parametrize("fails", [False, True])
def test_the_turn_is_given_on_when_it_is_committed_or_undone(own_app: Flask, fails: bool) -> None:
    inside, go, second, at_once = (threading.Event() for _ in range(4))
    at_once.set()
    first = threading.Thread(
        target=wait_in_the_door, args=(own_app,), kwargs={"inside": inside, "go": go, "fails": fails}
    )
    first.start()
    assert inside.wait(30)
    other = threading.Thread(target=wait_in_the_door, args=(own_app,), kwargs={"inside": second, "go": at_once})
    other.start()
    with own_app.app_context():
        if is_sqlite():
            wait_for(lambda: core_db._turns[db.engine.pool]._waiting)
            assert not second.is_set()
    go.set()
    first.join(30)
    other.join(30)
    assert second.is_set()
    with own_app.app_context():
        assert db.session.scalar(select(func.sum(Throttle.count))) == (1 if fails else 2)


def test_a_reader_needs_no_turn(own_app: Flask) -> None:
    inside, go = threading.Event(), threading.Event()
    writer = threading.Thread(target=wait_in_the_door, args=(own_app,), kwargs={"inside": inside, "go": go})
    writer.start()
    assert inside.wait(30)
    with own_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Throttle)) == 0
    go.set()
    writer.join(30)


def test_a_begin_that_another_process_refuses_gives_the_turn_back(
    own_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own_app.app_context():
        if not is_sqlite():
            pytest.skip("PostgreSQL has no such lock")
        monkeypatch.setattr(core_db, "PRAGMAS", ("busy_timeout=0",))
        db.engine.dispose()
        other_process = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
        other_process.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"), transaction() as session:
            session.execute(select(Throttle))
        other_process.execute("ROLLBACK")
        other_process.close()
        assert core_db._turns[db.engine.pool].take(patience=0)
