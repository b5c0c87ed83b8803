"""What tests stand on: one app per session, one outer transaction per test, a cast, and a client that audits."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import hypothesis
import pytest
from alembic import command
from alembic.config import Config
from flask import Flask
from sqlalchemy.orm import Session

from portal import create_app
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.urgent.queries import banners
from portal.config import Settings
from portal.core import clock, links, throttle
from portal.core import settings as core_settings
from portal.core.db import db, expect_writes, transaction
from tests import postgres
from tests.client import AuditingClient
from tests.databases import Databases
from tests.factories.people import make_person

ROOT = Path(__file__).parent.parent

# The same examples on every run of the build: it says whether a change is right. New ones are searched for at the desk.
hypothesis.settings.register_profile("build", derandomize=True, deadline=None)
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.load_profile("build" if os.environ.get("CI") else "desk")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgres"), default="sqlite", help="which database to test on")


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give an empty database."""
    if request.config.getoption("--database") == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'tunet.sqlite'}"
    else:
        with postgres.running() as url:
            yield url


@pytest.fixture(scope="session")
def databases(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Give what gives databases to those who want one of their own."""
    server = database_url if database_url.startswith("postgresql") else None
    return Databases(server, tmp_path_factory.mktemp("databases"), migrate=_migrate_from_nothing)


@pytest.fixture
def fresh_database_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """Give an empty database of the test's own, for what needs real commits, threads or processes."""
    with databases.empty(tmp_path / "fresh.sqlite") as url:
        yield url


def alembic_config(url: str) -> Config:
    """Point Alembic at a database, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def migrate(app: Flask, *, to: str = "head") -> None:
    """Bring the database of an app to a revision."""
    with app.app_context(), db.engine.connect() as connection:
        config = alembic_config("")
        config.attributes["connection"] = connection
        (command.downgrade if to in {"base", "-1"} else command.upgrade)(config, to)
        connection.commit()


def _migrate_from_nothing(url: str) -> None:
    """Bring an empty database to the head, and leave no trace of the portal that did it."""
    before = core_settings._current, links._path_of
    with tempfile.TemporaryDirectory() as folder:
        made = create_app(Settings(folder=Path(folder), database=url, testing=True, base_url="http://localhost"))
        migrate(made)
        with made.app_context():
            db.engine.dispose()
    if before[0] is not None:
        core_settings._current, links._path_of = before


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Give the settings that the tests run with."""
    folder = tmp_path_factory.mktemp("var")
    return Settings(folder=folder, database=database_url, testing=True, base_url="http://localhost")


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """Give the whole portal on a migrated database."""
    app = create_app(settings)
    app.test_client_class = AuditingClient
    migrate(app)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def own_settings() -> Iterator[None]:
    """Let a test that puts up a portal of its own leave nothing of it behind in the process."""
    before = core_settings._current, links._path_of
    yield
    if before[0] is not None:
        core_settings._current, links._path_of = before


@pytest.fixture(autouse=True)
def rested() -> None:
    """Forget how often others have pressed, and what went on: the rows of the next test have the same ids."""
    throttle.forget_here()
    banners.begin_empty()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """Give the database inside a transaction that is undone after the test, whatever the test commits."""
    with ExitStack() as stack:
        stack.enter_context(app.app_context())
        engines = db.engines
        engine = engines[None]
        expect_writes()
        connection = stack.enter_context(engine.connect())
        outer = connection.begin()
        db.session.configure(join_transaction_mode="create_savepoint")
        engines[None] = connection  # type: ignore[assignment]
        try:
            yield db.session()
        finally:
            db.session.remove()
            engines[None] = engine
            outer.rollback()
            expect_writes(False)


@pytest.fixture
def own(app: Flask, databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """Give the portal on a database of its own, committed for real, for tests with threads."""
    with databases.migrated(tmp_path / "own.sqlite") as url:
        own = create_app(Settings(folder=tmp_path, database=url, testing=True, base_url="http://localhost"))
        yield own
        with own.app_context():
            db.engine.dispose()


@pytest.fixture
def client(app: Flask, session: Session) -> AuditingClient:
    """Give a browser-like client that nobody has signed in with."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def browse(app: Flask, session: Session) -> Callable[[Person], AuditingClient]:
    """Give a client that a person has signed in with."""

    def sign_in(person: Person) -> AuditingClient:
        return app.test_client().sign_in(person)  # type: ignore[attr-defined, no-any-return]

    return sign_in


@pytest.fixture
def at() -> Iterator[Callable[[datetime], None]]:
    """Stop the clock: at(datetime(2026, 11, 26, 8, 0, tzinfo=UTC)); call again to move it."""
    with ExitStack() as stack:

        def freeze(moment: datetime) -> None:
            stack.enter_context(clock.frozen(moment))

        yield freeze


@pytest.fixture
def anne(session: Session) -> Person:
    """Anne asks."""
    with transaction():
        return make_person("Anne Askeland")


@pytest.fixture
def bjarne(session: Session) -> Person:
    """Bjarne answers."""
    with transaction():
        return make_person("Bjarne Svartveit")


@pytest.fixture
def carla(session: Session) -> Person:
    """Carla runs the place."""
    with transaction():
        return make_person("Carla Styve", roles={Role.ADMINISTRATOR})


@pytest.fixture
def didrik(session: Session) -> Person:
    """Didrik must be refused."""
    with transaction():
        return make_person("Didrik Utne")


@pytest.fixture
def otto(session: Session) -> Person:
    """Otto organises."""
    with transaction():
        return make_person("Otto Ordnes", roles={Role.ORGANISER})
