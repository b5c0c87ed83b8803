"""What two may do at once, on a database of its own with real connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.blueprints.people import queries, service
from portal.blueprints.people.rules import Role
from portal.core.audit import AuditEntry
from portal.core.db import Base, db, transaction
from portal.core.errors import Conflict, NotFound, PortalError
from tests.core.conftest import own_app, own_url  # noqa: F401
from tests.factories.people import make_person
from tests.people.conftest import NEW


@pytest.fixture
def real(own_app: Flask, app: Flask) -> Flask:  # noqa: F811
    with own_app.app_context():
        Base.metadata.create_all(db.engine)  # everybody who listens to people has tables of their own
    return own_app


def at_once(app: Flask, *functions: Callable[[], object]) -> list[object]:
    barrier = threading.Barrier(len(functions))

    def run(function: Callable[[], object]) -> object:
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    function()
            except PortalError as error:
                return type(error)
            return "done"

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(run, functions))


def test_a_link_that_is_sent_twice_at_once_works_once(real: Flask) -> None:
    with real.app_context(), transaction():
        secret = service.make_link(make_person("Anne"))

    def use() -> None:
        service.sign_in_by_link(secret, NEW, address="10.0.0.1")

    outcomes = at_once(real, *[use] * 6)
    assert outcomes.count("done") == 1, outcomes
    assert set(outcomes) <= {"done", Conflict, NotFound}
    with real.app_context():
        used = select(func.count()).where(AuditEntry.act == "people.link_used")
        assert db.session.scalar(used) == 1


@pytest.mark.parametrize("way", ["deactivate", "give_roles"])
def test_two_administrators_cannot_put_each_other_out_at_once(real: Flask, way: str) -> None:
    with real.app_context(), transaction():
        ids = [make_person(name, roles={Role.ADMINISTRATOR}).id for name in ("Kari", "Ola")]

    def put_out(own: int, other: int) -> Callable[[], None]:
        def act() -> None:
            viewer, person = queries.get_person(own), queries.get_person(other)
            if way == "deactivate":
                service.deactivate(viewer, person)
            else:
                service.give_roles(viewer, person, [])

        return act

    outcomes = at_once(real, put_out(ids[0], ids[1]), put_out(ids[1], ids[0]))
    with real.app_context():
        assert len(queries.with_role(Role.ADMINISTRATOR)) == 1
    assert sorted(map(str, outcomes)) == sorted(["done", str(Conflict)])
