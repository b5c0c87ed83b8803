"""What people chose and what waited before mail per kind was there is carried over."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.engine import Connection

from portal.blueprints.notifications import rules
from tests.conftest import alembic_config

MOMENT = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
PATH = Path(__file__).parents[2] / "migrations" / "versions"
OURS = next(path.name[:4] for path in PATH.glob("*_not_flooded.py"))


def go(connection: Connection, direction: str, to: str) -> None:
    config = alembic_config("")
    config.attributes["connection"] = connection
    getattr(command, direction)(config, to)
    connection.commit()


def put(connection: Connection, table: str, **values: Any) -> None:
    reflected = sa.Table(table, sa.MetaData(), autoload_with=connection)
    connection.execute(reflected.insert().values(values))


def rows(connection: Connection, words: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(sa.text(words))]


def person(connection: Connection) -> None:
    columns = sa.inspect(connection).get_columns("person")
    usual: dict[str, Any] = {"id": 3, "name": "Anne", "email": "a@b.no", "username": "anne", "locale": "nn"}
    for column in columns:
        if column["nullable"] or column["name"] in usual:
            continue
        kind = column["type"]
        value: Any = True if isinstance(kind, sa.Boolean) else 0 if isinstance(kind, sa.Integer) else ""
        usual[column["name"]] = MOMENT if isinstance(kind, sa.DateTime) else value
    put(connection, "person", **usual)


def notice(connection: Connection, notice_id: int, **values: Any) -> None:
    usual = {
        "id": notice_id,
        "person_id": 3,
        "kind": "questions.answered",
        "thread": f"t{notice_id}",
        "params": {"title": "x"},
        "endpoint": "questions.thread",
        "values": {"question_id": notice_id},
        "count": 2,
        "told_at": MOMENT,
        "is_bundled": False,
        "created_at": MOMENT,
    }
    put(connection, "notice", **{**usual, **values})


def mail(connection: Connection, mail_id: int, **values: Any) -> None:
    usual = {"id": mail_id, "person_id": 3, "kind": "questions.answered", "params": {}, "created_at": MOMENT}
    put(connection, "mail", **{**usual, "key": f"k{mail_id}", "message_id": f"<{mail_id}@x>", **values})


@pytest.fixture
def before(app: Flask, fresh_database_url: str) -> Any:
    """Give a database as it was, with a person who chose, and with mails in every state."""
    engine = sa.create_engine(fresh_database_url)
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(alembic_config("")).get_revision(OURS)
        go(connection, "upgrade", str(script.down_revision))
        person(connection)
        put(connection, "notice_preference", person_id=3, group_name="questions", delivery="daily")
        put(connection, "quiet_hours", person_id=3, starts=time(20), ends=time(7), weekdays=31)
        notice(connection, 1, is_bundled=True)
        notice(connection, 2)
        notice(connection, 3)
        notice(connection, 4)
        notice(connection, 5, read_at=MOMENT)
        mail(connection, 1, notice_id=2, state="waiting")
        mail(connection, 2, notice_id=3, state="sent", sent_at=MOMENT)
        mail(connection, 3, kind="digest", params={"notices": [4, 5]}, state="waiting")
        mail(connection, 4, kind="events.invitation", state="waiting", params={"title": "Brettspel"})
        mail(connection, 5, notice_id=3, state="failed", refusal=550)
        connection.commit()
        yield connection
    engine.dispose()


def test_choices_quiet_hours_and_waiting_mails_are_carried_over(before: Connection) -> None:
    go(before, "upgrade", OURS)
    assert rows(before, "SELECT person_id, scope, name, delivery FROM notice_choice") == [
        (3, "group", "questions", "daily")
    ]
    assert rows(before, "SELECT person_id, weekdays, ends_on FROM quiet_span") == [(3, 31, None)]
    ways = rows(before, "SELECT id, way, mail_at IS NOT NULL FROM notice ORDER BY id")
    assert [(notice_id, way, bool(waits)) for notice_id, way, waits in ways] == [
        (1, "together", True),
        (2, "alone", True),
        (3, "alone", False),  # mailed once, and refused the next time: an administrator may try again
        (4, "together", True),
        (5, "none", False),
    ]
    page = rules.page_of("questions.thread", {"question_id": 3})
    assert rows(before, "SELECT id, kind, page, state FROM mail ORDER BY id") == [
        (2, "notice", page, "sent"),
        (4, "events.invitation", None, "waiting"),
        (5, "notice", page, "failed"),
    ]
    assert rows(before, "SELECT mail_id, notice_id, count FROM mail_line") == [(2, 3, 2)]
    (params,) = rows(before, "SELECT params FROM mail WHERE id = 4")[0]
    assert (json.loads(params) if isinstance(params, str) else params) == {"title": "Brettspel"}


def test_the_way_back_keeps_what_it_can(before: Connection) -> None:
    go(before, "upgrade", OURS)
    go(before, "downgrade", "-1")
    assert rows(before, "SELECT person_id, group_name, delivery FROM notice_preference") == [(3, "questions", "daily")]
    assert rows(before, "SELECT person_id, weekdays FROM quiet_hours") == [(3, 31)]
    assert len(rows(before, "SELECT id FROM notice")) == 5
    assert len(rows(before, "SELECT id FROM mail")) == 3
