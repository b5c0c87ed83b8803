"""A database of a test's own, for what needs several real connections: nothing is undone, all of it is thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal.core import markdown
from tests.core.racing import make_app
from tests.databases import Databases


@pytest.fixture
def own_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """Give an empty database that no other test uses, on the engine the tests run with."""
    with databases.empty(tmp_path / "own.sqlite") as url:
        yield url


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
