"""Apps with other settings than those of the tests, and routes that fail on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal import create_app
from portal.config import Settings
from portal.core import links
from portal.core import settings as core_settings

MakeApp = Callable[..., Flask]


@pytest.fixture
def make_app(app: Flask, tmp_path: Path) -> Iterator[MakeApp]:
    """Make an app of its own; the settings of the process are put back after the test."""
    settings, path_of = core_settings._current, links._path_of
    made: list[Flask] = []

    def make(**values: Any) -> Flask:
        url = f"sqlite:///{tmp_path / 'other.sqlite'}"
        usual = {"folder": tmp_path, "database": url, "testing": True, "base_url": "http://localhost"}
        made.append(create_app(Settings(**(usual | values))))
        return made[-1]

    yield make
    from portal.core.db import db

    for other in made:
        with other.app_context():
            db.engine.dispose()
    core_settings._current, links._path_of = settings, path_of
