"""People who can sign in with a password."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.blueprints.people.models import Person
from portal.blueprints.people.signin import password as passwords
from portal.core.db import transaction
from tests.client import AuditingClient

PASSWORD = "three calm green horses"
NEW = "four wild yellow boats"


@pytest.fixture(scope="session")
def digest() -> str:
    return passwords.digest(PASSWORD)


@pytest.fixture
def with_password(digest: str) -> Callable[[Person], Person]:
    """Give a person the password of the tests."""

    def give(person: Person) -> Person:
        with transaction():
            person.password_hash = digest
        return person

    return give


@pytest.fixture
def client(client: AuditingClient) -> AuditingClient:
    """A stranger who reads English, so that the tests read message ids."""
    client.set_cookie("locale", "en")
    return client
