"""Taking another board in and giving this one out, from the command line."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any

import click
from flask import has_app_context

from portal import create_app
from portal.blueprints.questions.rules import spreadsheets, stack_exchange
from portal.blueprints.questions.rules.imports import Bad, Row
from portal.blueprints.questions.service import exports, imports
from portal.blueprints.questions.service.imports import Import
from portal.core import clock
from portal.core.db import transaction

SAID = {
    "not_a_row": "cannot be read",
    "no_key": "has no id, or one longer than 40 characters",
    "no_title": "has no title",
    "no_body": "has no text",
    "long_title": "has a title longer than 150 characters",
    "long_body": "has a text that is too long (10 000 characters, a comment 1 000)",
    "no_moment": "has no moment that can be read",
    "no_question": "belongs to a post that is not here",
    "twice": "stands there twice",
    "patient_data": "holds what looks like a national identity number",
}
MOST_SAID = 200


def _context() -> AbstractContextManager[Any]:
    return nullcontext() if has_app_context() else create_app().app_context()


@click.command("import-questions")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--source", default="", help="A short name of the other board; what was taken in under it is known again."
)
@click.option("--address", default="", help="Where a post is there, with {key} in it: https://board.example/q/{key}")
@click.option("--licence", default="", help="The terms of the texts, to be written below each.")
@click.option(
    "--people", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="CSV: name there,user name."
)
@click.option("--dry-run", is_flag=True, help="Read everything and store nothing.")
def import_questions(
    path: Path, *, source: str, address: str, licence: str, people: Path | None, dry_run: bool
) -> None:
    """Take in a CSV file, or the folder of a Stack Exchange dump; again at any time, nothing is doubled.

    What cannot be used is reported with its line and left out; a file that was stopped half-way is taken up again.
    """
    job = Import(source=source or path.stem, address=address, licence=licence, people=_people(people))
    with _context():
        for name, rows in _files(path):
            _take_in(job, name, rows, dry_run=dry_run)
        if not dry_run:
            _finish(job)
    click.echo(f"{job.added} posts taken in, {job.known} were here already, {len(job.bad)} lines cannot be used.")
    if job.bad:
        raise SystemExit(1)


def _people(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row[0].strip(): row[1].strip() for row in csv.reader(file) if len(row) > 1}


def _files(path: Path) -> Iterator[tuple[str, Iterator[Row | Bad]]]:
    if path.is_file():
        yield path.name, spreadsheets.rows(path.read_bytes(), now=clock.now())
        return
    names: dict[str, str] = {}
    if (path / "Users.xml").exists():
        with (path / "Users.xml").open("rb") as file:
            names = stack_exchange.users(file)
    readers = {
        "Posts.xml": lambda file: stack_exchange.posts(file, names),
        "Comments.xml": lambda file: stack_exchange.comments(file, names),
        "PostLinks.xml": stack_exchange.links,
    }
    if not (path / "Posts.xml").exists():
        raise click.ClickException("There is no Posts.xml in that folder.")
    for name, read in readers.items():
        if (path / name).exists():
            with (path / name).open("rb") as file:
                yield name, read(file)


def _take_in(job: Import, name: str, rows: Iterator[Row | Bad], *, dry_run: bool) -> None:
    done, before = 0, len(job.bad)
    while chunk := list(islice(rows, imports.CHUNK)):
        if dry_run:
            job.bad += [row for row in chunk if isinstance(row, Bad)]
        else:
            with transaction():
                imports.take_in(job, chunk)
        done += len(chunk)
        click.echo(f"{name}: {done} lines read", err=True)
    for bad in job.bad[before:][:MOST_SAID]:
        click.echo(f"{name}, line {bad.line}: {SAID[bad.fault]}", err=True)
    if len(job.bad) - before > MOST_SAID:
        click.echo(f"{name}: and {len(job.bad) - before - MOST_SAID} more", err=True)


def _finish(job: Import) -> None:
    for keys in _chunks(job.accepted):
        with transaction():
            imports.accept(job, keys)
    done = 0
    for ids in _chunks(sorted(job.touched)):
        with transaction():
            imports.index(ids)
        done += len(ids)
        click.echo(f"{done} of {len(job.touched)} questions can be found", err=True)


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    remaining = iter(values)
    while chunk := list(islice(remaining, imports.CHUNK)):
        yield chunk


@click.command("export-questions")
@click.argument("path", type=click.Path(exists=False, path_type=Path))
def export_questions(path: Path) -> None:
    """Write the whole board into a zip: JSON Lines, a question with all that belongs to it a line, and the pictures.

    Posts without a name have none here either.
    """
    with _context():
        count = exports.write(path)
    click.echo(f"{count} questions written to {path}.")
