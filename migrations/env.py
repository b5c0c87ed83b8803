"""Alembic's entrance: one history for SQLite and PostgreSQL."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine, pool

from portal.config import read
from portal.core.db import Base


def migrate(connection: Connection) -> None:
    """Run the migrations in one transaction."""
    # SQLite alters a table by making it anew and dropping the old one; keys being watched, all that hangs on its rows
    # would go with it. The switch works outside transactions only, and whoever is inside one has nothing to lose yet.
    _watch_keys(connection, watched=False)
    try:
        _run(connection)
    finally:
        _watch_keys(connection, watched=True)


def _watch_keys(connection: Connection, *, watched: bool) -> None:
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA foreign_keys={'ON' if watched else 'OFF'}")


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with create_engine(read().database_url, poolclass=pool.NullPool).connect() as connection:
        migrate(connection)
        connection.commit()
