"""Many at once for a few seats: real threads on a database of their own, on either engine."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from portal import create_app
from portal.blueprints.events import queries
from portal.blueprints.events.service import series, signups
from portal.blueprints.people import queries as people
from portal.blueprints.people.rules import Role
from portal.config import Settings
from portal.core import clock, jobs
from portal.core import settings as core_settings
from portal.core.db import db, expect_writes, transaction
from tests.conftest import migrate
from tests.factories.events import make_evening, series_wish
from tests.factories.people import make_person

SEATS, PEOPLE, THREADS = 20, 40, 8


@pytest.fixture
def own(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """Give the portal on a database of its own, committed for real."""
    before = core_settings.current_settings()
    url = f"sqlite:///{tmp_path / 'own.sqlite'}"
    if database_url.startswith("postgresql"):
        run_outside(database_url, "DROP DATABASE IF EXISTS race", "CREATE DATABASE race")
        url = make_url(database_url).set(database="race").render_as_string(hide_password=False)
    own = create_app(Settings(folder=tmp_path, database=url, testing=True, base_url="http://localhost"))
    try:
        migrate(own)
        yield own
    finally:
        with own.app_context():
            db.engine.dispose()
        core_settings.use(before)


def run_outside(url: str, *commands: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for command in commands:
            connection.execute(text(command))
    engine.dispose()


def race(own: Flask, acts: list[Callable[[], object]]) -> None:
    """Let threads begin together, each with its part of the acts, each act a transaction of its own."""
    start = threading.Barrier(THREADS)

    def run(part: list[Callable[[], object]]) -> None:
        with own.app_context():
            start.wait()
            for act in part:
                with transaction():
                    act()
            db.session.remove()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(run, [acts[number::THREADS] for number in range(THREADS)]))


def places(own: Flask, evening_id: int) -> list[tuple[int, bool]]:
    with own.app_context(), transaction():
        expect_writes(False)
        return [(sign_up.person_id, sign_up.is_in) for sign_up in queries.sign_ups(evening_id)]


def prepare(own: Flask) -> tuple[int, list[int]]:
    with own.app_context(), transaction():
        evening = make_evening(capacity=SEATS)
        return evening.id, [make_person().id for _ in range(PEOPLE)]


def test_forty_at_once_for_twenty_seats_are_exactly_twenty_in_order(own: Flask) -> None:
    evening_id, ids = prepare(own)
    # Everybody presses twice, as people do.
    acts = [lambda id_=id_: signups.sign_up(people.get_person(id_), evening_id) for id_ in ids for _ in range(2)]
    race(own, acts)
    found = places(own, evening_id)
    assert sorted(id_ for id_, _ in found) == sorted(ids)
    assert [is_in for _, is_in in found] == [True] * SEATS + [False] * (PEOPLE - SEATS)


def test_while_some_leave_and_others_come_no_seat_is_given_twice_or_left_empty(own: Flask) -> None:
    evening_id, ids = prepare(own)
    first, rest = ids[:30], ids[30:]
    with own.app_context():
        for id_ in first:
            with transaction():
                signups.sign_up(people.get_person(id_), evening_id)
    leaving = first[5:15] + first[25:30]
    acts: list[Callable[[], object]] = [
        lambda id_=id_: signups.give_up(people.get_person(id_), evening_id)
        for id_ in leaving  # type: ignore[misc]
    ]
    acts += [lambda id_=id_: signups.sign_up(people.get_person(id_), evening_id) for id_ in rest]  # type: ignore[misc]
    random.Random(7).shuffle(acts)
    race(own, acts)
    found = places(own, evening_id)
    assert {id_ for id_, _ in found} == set(ids) - set(leaving)
    assert [is_in for _, is_in in found] == [True] * SEATS + [False] * 5
    stayed = [id_ for id_ in first if id_ not in leaving]
    assert [id_ for id_, _ in found if id_ in stayed] == stayed


def test_invitations_go_out_while_people_sign_up_and_leave(own: Flask) -> None:
    evening_id, ids = prepare(own)
    done = threading.Event()

    def work() -> None:
        with own.app_context():
            while not done.is_set():
                jobs.run_due(5)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    try:
        race(own, [lambda id_=id_: signups.sign_up(people.get_person(id_), evening_id) for id_ in ids])  # type: ignore[misc]
        race(own, [lambda id_=id_: signups.give_up(people.get_person(id_), evening_id) for id_ in ids[:10]])  # type: ignore[misc]
    finally:
        done.set()
        for worker in workers:
            worker.join()
    with own.app_context():
        jobs.run_due(500)
        with transaction():
            assert [row.failure for row in jobs.waiting() if row.failure] == []
            seated = [sign_up for sign_up in queries.sign_ups(evening_id) if sign_up.is_in]
            assert len(seated) == SEATS
            assert None not in [sign_up.invited_sequence for sign_up in seated]


def test_two_workers_make_each_evening_once(own: Flask) -> None:
    with own.app_context(), transaction():
        otto = make_person("Otto Ordnes", roles={Role.ORGANISER})
        made = series.make(otto, series_wish())
        series_id = made.id
        for evening in queries.planned_of_series(series_id, after=clock.now()):
            db.session.delete(evening)
    race(own, [lambda: series.make_next(series_id)] * THREADS)
    with own.app_context(), transaction():
        assert len(queries.made_days(series_id)) == 6
