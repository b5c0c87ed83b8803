"""portal import-rota."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from portal.blueprints.people.models import Person
from portal.blueprints.shifts.cli import import_rota
from portal.blueprints.shifts.models import Shift
from portal.core.db import db
from tests.factories.shifts import NOW


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def run(folder: Path, content: str, *options: str) -> Result:
    path = folder / "vaktplan.csv"
    path.write_text(content, encoding="utf-8")
    return CliRunner().invoke(import_rota, [str(path), "--name", "Haust", *options])


def table(person: Person, day: str = "2026-11-26") -> str:
    return f"person;dato;frå;til\n{person.username};{day};07:00;15:00\nukjend;{day};07:00;15:00\n"


def test_a_dry_run_says_what_would_change_and_changes_nothing(anne: Person, tmp_path: Path) -> None:
    result = run(tmp_path, table(anne), "--dry-run")
    assert result.exit_code == 0
    assert "Nothing is changed by a dry run." in result.output
    assert "1 added, 0 taken away, 0 as before." in result.output
    assert "on line 3: left out" in result.output
    assert "ukjend" not in result.output
    assert db.session.scalars(select(Shift)).all() == []


def test_a_rota_is_brought_in_and_again_changes_nothing(anne: Person, tmp_path: Path) -> None:
    assert "1 added" in run(tmp_path, table(anne)).output
    assert "0 added, 0 taken away, 1 as before." in run(tmp_path, table(anne)).output
    assert len(db.session.scalars(select(Shift)).all()) == 1


def test_one_wrong_line_stops_the_file(anne: Person, tmp_path: Path) -> None:
    result = run(tmp_path, table(anne) + "anne;i dag;07:00;15:00\n")
    assert result.exit_code == 1
    assert "line 4: the day must be written as" in result.output
    assert db.session.scalars(select(Shift)).all() == []


def test_the_name_of_the_address_is_refused(anne: Person, tmp_path: Path) -> None:
    result = run(tmp_path, table(anne), "--name", "PORTAL_ROTA_URL")
    assert result.exit_code == 1
    assert "That name is kept" in result.output
