"""Bringing an existing knowledge base in, from the command line."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import click
from flask import has_app_context

from portal import create_app
from portal.blueprints.knowledge import service
from portal.blueprints.knowledge.service import Imported
from portal.core.db import transaction
from portal.core.errors import Conflict


def _context() -> AbstractContextManager[Any]:
    return nullcontext() if has_app_context() else create_app().app_context()


@click.command("import-articles")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the file and store nothing.")
def import_articles(path: Path, *, dry_run: bool) -> None:
    """Bring in the articles of a JSON Lines file; again at any time.

    Each line is one article: id, title, body_markdown; and if they are there number, heading_en, language, source,
    tags, reviewed_on. Every line is checked before the first is stored. A line that cannot be used is reported with its
    number and left out whole.
    """
    with _context():
        with path.open("rb") as lines:
            checked = service.read_rows(lines)
        for bad in checked.bad:
            click.echo(f"line {bad.line}: {bad.reason}", err=True)
        click.echo(f"{len(checked.rows)} lines can be used, {len(checked.bad)} cannot.")
        if not dry_run:
            _say(_store(checked))
    if checked.bad:
        raise SystemExit(1)


def _store(checked: service.Checked) -> Imported:
    done = Imported()
    for chunk in service.chunks(checked.rows):
        try:
            with transaction():
                done += service.import_articles(chunk)
        except Conflict as error:
            raise click.ClickException(error.message % error.params) from None
    return done


def _say(done: Imported) -> None:
    click.echo(f"{done.added} added, {done.changed} changed, {done.unchanged} unchanged.")
    if done.left_alone:
        click.echo(f"{done.left_alone} have been changed here since and were left alone.")
