"""A database of a test's own, for what needs several real connections: nothing is undone, all of it is thrown away."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from portal.core import markdown
from tests.core.racing import make_app


@pytest.fixture
def own_url(database_url: str, tmp_path: Path) -> Iterator[str]:
    """Give an empty database that no other test uses, on the engine the tests run with."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'own.sqlite'}"
        return
    name = f"own_{secrets.token_hex(6)}"
    server = database_url.replace("+psycopg", "")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield database_url.replace("/tunet?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def own_app(own_url: str) -> Iterator[Flask]:
    """Give a bare app on that database, with the tables of the core."""
    from portal.core.db import db

    app = make_app(own_url, make_tables=True)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def without_slices() -> Iterator[None]:
    """Take away the finders that slices have registered: here we are below them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markdown, "_finders", [])
        yield
