"""A desk at work, and a number to call when nobody is free."""

from __future__ import annotations

import dataclasses

import pytest

from portal.blueprints.people.models import Person
from portal.core import settings
from portal.core.db import transaction
from tests.factories.urgent import put_to_work


@pytest.fixture
def desk(anne: Person, bjarne: Person, didrik: Person) -> None:
    """Let three be at work, each with a page open."""
    with transaction():
        put_to_work(anne, bjarne, didrik)


@pytest.fixture
def duty_phone() -> str:
    """Set the number of the duty phone."""
    number = "55123456"
    settings.use(dataclasses.replace(settings.current_settings(), duty_phone=number))
    return number
