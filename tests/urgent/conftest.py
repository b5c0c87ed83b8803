"""A desk at work, and a number to call when nobody is free."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from portal.blueprints.people.models import Person
from portal.blueprints.urgent.models.calls import HelpCall
from portal.core import live, settings
from portal.core.db import transaction
from tests.factories.urgent import Wheel, make_call, put_to_work
from tests.urgent.acts import NOW


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


@pytest.fixture
def wheel(session: Session, at: Callable[[datetime], None]) -> Wheel:
    return Wheel(at, NOW)


@pytest.fixture
def call(wheel: Wheel, anne: Person, bjarne: Person, didrik: Person, otto: Person) -> HelpCall:
    """Anne has raised her hand, and the three others are free."""
    with transaction():
        put_to_work(anne, bjarne, didrik, otto)
        return make_call(anne)


@pytest.fixture
def told() -> Iterator[list[str]]:
    """Give the topics that were told."""
    heard: list[str] = []
    end = live.subscribe(heard.append)
    yield heard
    end()


@pytest.fixture(autouse=True)
def on_sqlite_or_not(request: pytest.FixtureRequest) -> None:
    """Leave out what is heard in this process only, where PostgreSQL tells it through the database."""
    if "told" in request.fixturenames and request.config.getoption("--database") == "postgres":
        pytest.skip("what PostgreSQL tells is told after the commit, to those who listen to it")
