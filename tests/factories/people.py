"""People for tests."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.core.db import db

_numbers = count(1)


def make_person(
    name: str = "Nokon Nokonsen", *, roles: Iterable[Role] = (), locale: str = "en", **values: object
) -> Person:
    """Make a colleague. English by default, so that tests read message ids."""
    number = next(_numbers)
    username = f"{name.split()[0].lower()}{number}"
    values = {"title": "", "phone": "", **values}
    person = Person(
        name=name,
        username=username,
        email=f"{username}@tunet.example",
        roles=frozenset(roles) | {Role.COLLEAGUE},
        locale=locale,
        **values,
    )
    db.session.add(person)
    db.session.flush()
    return person
