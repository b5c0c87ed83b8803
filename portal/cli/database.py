"""portal migrate, backup and reindex."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import inspect, text

from portal import create_app
from portal.blueprints.search import service as search
from portal.config import read
from portal.core.db import db, transaction

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def revision_of(app: Flask) -> str | None:
    """Tell which revision the database of an app is at."""
    with app.app_context(), db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


def newest_revision() -> str:
    """Tell which revision this version wants; a test keeps the mark in step with the history."""
    return (MIGRATIONS / ".current-head").read_text().strip()


def bring_up_to_date(app: Flask) -> None:
    """Run the migrations that are missing."""
    if revision_of(app) == newest_revision():
        return
    from alembic import command  # half a second to import, and most starts have nothing to migrate
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with app.app_context(), db.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def must_be_migrated(app: Flask) -> None:
    """Stop with plain words when the database is not what this version expects."""
    current, newest = revision_of(app), newest_revision()
    if current != newest:
        raise click.ClickException(
            f"The database is at {current or 'nothing'}, this version wants {newest}: run «portal migrate»."
        )


@click.command()
def migrate() -> None:
    """Bring the database to what this version expects."""
    bring_up_to_date(create_app())
    click.echo("The database is up to date.")


@click.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def backup(target: Path) -> None:
    """Copy the SQLite database while the portal runs. For PostgreSQL, use pg_dump."""
    settings = read()
    if not settings.is_sqlite:
        raise click.ClickException("This portal is on PostgreSQL: use pg_dump.")
    if target.exists():
        raise click.ClickException(f"{target} is there already.")
    source = settings.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(source) as running, sqlite3.connect(target) as copy:
        running.backup(copy)
    target.chmod(0o600)
    click.echo(
        f"Copied to {target}. Keep secret.key and sealing.key of {settings.folder} with it, but not in the same place. "
        "Leave out its folder «mortal»: those keys are made to be lost."
    )


@click.command()
def reindex() -> None:
    """Build the search index anew from what is stored."""
    app = create_app()
    with app.app_context():
        steps = search.refresh()
        more = True
        while more:
            with transaction():
                more = next(steps, "end") != "end"
    click.echo("The index is built.")
