"""One history for both databases: up, down, up again, and in step with the models."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import Connection

from portal.core.db import Base
from tests.conftest import alembic_config

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


def is_ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
    """Leave out what an engine makes for its own index."""
    return not (kind == "table" and name and name.startswith(IGNORED_TABLES))
