"""One history for both databases: up, down, up again, and in step with the models."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, create_engine, inspect, text
from sqlalchemy.engine import Connection

from portal.core.db import Base
from tests.conftest import alembic_config

SOMETHING: dict[type, object] = {
    int: 1,
    str: "x",
    bool: True,
    datetime: datetime(2026, 12, 1, 16, tzinfo=UTC),
    bytes: b"x",
}
IGNORED_TABLES = ("search_index", "search_trigram", "sqlite_")


def run(connection: Connection, direction: str, to: str) -> None:
    from alembic import command

    config = alembic_config("")
    config.attributes["connection"] = connection
    getattr(command, direction)(config, to)
    connection.commit()


def test_there_is_one_line_of_history() -> None:
    script = ScriptDirectory.from_config(alembic_config(""))
    assert len(script.get_heads()) == 1
    marked = (Path(__file__).parents[2] / "migrations" / ".current-head").read_text().strip()
    assert script.get_current_head() == marked, "two branches of work have each added a migration"


def test_migrations_go_up_down_and_up_and_agree_with_the_models(app, fresh_database_url: str) -> None:  # type: ignore[no-untyped-def]
    engine = create_engine(fresh_database_url)
    with engine.connect() as connection:
        run(connection, "upgrade", "head")
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_ours}),
            Base.metadata,
        )
        assert differences == []
        run(connection, "downgrade", "base")
        assert [name for name in inspect(connection).get_table_names() if name != "alembic_version"] == []
        run(connection, "upgrade", "head")
    engine.dispose()


def test_altering_a_table_leaves_alone_what_hangs_on_its_rows(app, fresh_database_url: str) -> None:  # type: ignore[no-untyped-def]
    """SQLite makes the table anew: with its keys watched, dropping the old one took every sign-up along."""
    engine = create_engine(fresh_database_url)
    with engine.connect() as connection:
        run(connection, "upgrade", "0028")
        for table, keys in {"person": {}, "evening": {}, "sign_up": {"person_id": 1, "evening_id": 1}}.items():
            add_row(connection, table, id=1, **keys)
        connection.commit()
        run(connection, "upgrade", "head")
        assert connection.scalar(text("SELECT count(*) FROM sign_up")) == 1
        if connection.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    engine.dispose()


def add_row(connection: Connection, name: str, **values: object) -> None:
    """Add a row to a table as it is at this moment of history, with something in whatever must not be empty."""
    table = Table(name, MetaData(), autoload_with=connection)
    for column in table.columns:
        if not column.nullable:
            values.setdefault(column.name, SOMETHING[column.type.python_type])
    special = {"ends_at": datetime(2026, 12, 1, 18, tzinfo=UTC), "own_title": "Brettspel"}
    connection.execute(table.insert().values({**values, **{k: v for k, v in special.items() if k in table.columns}}))


def is_ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
    """Leave out what an engine makes for its own index."""
    return not (kind == "table" and name and name.startswith(IGNORED_TABLES))
