"""Many at once for a few seats: real threads on a database of their own, on either engine."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

from flask import Flask

from portal.blueprints.events.models.signups import SignUpState
from portal.blueprints.events.queries import attendance, finding
from portal.blueprints.events.service import series, signups
from portal.blueprints.people import queries as people
from portal.blueprints.people.rules import Role
from portal.core import clock, jobs
from portal.core.db import db, expect_writes, transaction
from tests.factories.events import make_evening, series_wish
from tests.factories.people import make_person
from tests.racing import THREADS, race

SEATS, PEOPLE = 20, 40


def places(own: Flask, evening_id: int) -> list[tuple[int, bool]]:
    with own.app_context(), transaction():
        expect_writes(False)
        return [(sign_up.person_id, sign_up.is_in) for sign_up in attendance.sign_ups(evening_id)]


def prepare(own: Flask) -> tuple[int, list[int]]:
    with own.app_context(), transaction():
        evening = make_evening(capacity=SEATS)
        return evening.id, [make_person().id for _ in range(PEOPLE)]


def test_forty_at_once_for_twenty_seats_are_exactly_twenty_in_order(own: Flask) -> None:
    evening_id, ids = prepare(own)
    # Everybody presses twice, as people do.
    acts = [lambda id_=id_: signups.sign_up(people.get_person(id_), evening_id) for id_ in ids for _ in range(2)]
    assert race(own, acts) == []
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
    assert race(own, acts) == []
    found = places(own, evening_id)
    assert {id_ for id_, _ in found} == set(ids) - set(leaving)
    with own.app_context(), transaction():
        states = [sign_up.state for sign_up in attendance.sign_ups(evening_id)]
        waiting = [place for place, state in enumerate(states) if state == SignUpState.WAITING]
        assert sum(state != SignUpState.WAITING for state in states) == SEATS
        assert waiting == list(range(SEATS, SEATS + 5)), "who waits stands behind everybody who was asked"
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
        assert race(own, [lambda id_=id_: signups.sign_up(people.get_person(id_), evening_id) for id_ in ids]) == []  # type: ignore[misc]
        assert (
            race(own, [lambda id_=id_: signups.give_up(people.get_person(id_), evening_id) for id_ in ids[:10]]) == []
        )  # type: ignore[misc]
    finally:
        done.set()
        for worker in workers:
            worker.join()
    with own.app_context():
        jobs.run_due(500)
        with transaction():
            assert [row.failure for row in jobs.waiting() if row.failure] == []
            coming = attendance.sign_ups(evening_id)
            seated = [sign_up for sign_up in coming if sign_up.is_in]
            assert sum(sign_up.state != SignUpState.WAITING for sign_up in coming) == SEATS
            assert None not in [sign_up.invited_sequence for sign_up in seated]


def test_two_workers_make_each_evening_once(own: Flask) -> None:
    with own.app_context(), transaction():
        otto = make_person("Otto Ordnes", roles={Role.ORGANISER})
        made = series.make(otto, series_wish())
        series_id = made.id
        for evening in finding.planned_of_series(series_id, after=clock.now()):
            db.session.delete(evening)
    assert race(own, [lambda: series.make_next(series_id)] * THREADS) == []
    with own.app_context(), transaction():
        assert len(finding.made_days(series_id)) == 6
