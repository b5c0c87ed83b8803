"""portal import-articles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.blueprints.knowledge.cli import import_articles
from portal.blueprints.knowledge.models import Article
from tests.factories.knowledge import row


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(import_articles, [str(path), *options])


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Article)) or 0


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    rows = [row(), row(id="b"), row(id="c", title="")]
    path.write_text("\n".join(json.dumps(each) for each in rows), encoding="utf-8")
    return path


def test_a_dry_run_tells_and_stores_nothing(session: Session, export: Path) -> None:
    told = run(export, "--dry-run")
    assert "line 3: the title is missing" in told.output
    assert "2 lines can be used, 1 cannot." in told.output
    assert told.exit_code == 1
    assert count(session) == 0


def test_what_can_be_used_is_stored_and_the_rest_left_out_whole(session: Session, export: Path) -> None:
    told = run(export)
    assert "2 added, 0 changed, 0 unchanged." in told.output
    assert told.exit_code == 1
    assert count(session) == 2
    assert "0 added, 0 changed, 2 unchanged." in run(export).output


def test_a_number_that_is_taken_is_told_in_plain_words(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "articles.jsonl"
    path.write_text(json.dumps(row(number="KB10482")), encoding="utf-8")
    assert run(path).exit_code == 0
    path.write_text(json.dumps(row(id="b", number="KB10482")), encoding="utf-8")
    told = run(path)
    assert told.exit_code == 1
    assert "KB10482 is the number of another article here." in told.output
