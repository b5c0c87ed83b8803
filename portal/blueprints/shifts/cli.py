"""portal import-rota: bringing a rota in from the command line."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import click
from flask import has_app_context

from portal import create_app
from portal.blueprints.shifts import rules
from portal.blueprints.shifts.service import importing, reading, words
from portal.blueprints.shifts.service.importing import Plan
from portal.core.db import transaction
from portal.core.errors import Invalid

SHOWN = 50


def _context() -> AbstractContextManager[Any]:
    return nullcontext() if has_app_context() else create_app().app_context()


@click.command("import-rota")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", required=True, help="What the rota is called; the same name is replaced, day by day.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def import_rota(path: Path, *, name: str, dry_run: bool) -> None:
    """Bring in a rota: a table (CSV) or a calendar (iCalendar).

    The columns of a table are found by their names: who (user name or e-mail), date, from and to, and if it is there
    what kind: a shift or leave. The days that the file speaks of are replaced, all others stay. One line that cannot
    be used stops the whole file; people who are not known here are left out and told by line.
    """
    with path.open("rb") as file:
        content = file.read(rules.MOST_BYTES + 1)
    with _context():
        found = reading.read(content)
        try:
            with transaction():
                planned = importing.plan(name, found)
                if not (dry_run or planned.bad):
                    importing.carry_out(None, planned.wanted)
        except Invalid as error:
            raise click.ClickException(error.message) from None
    _refuse(planned)
    _say(planned, dry_run=dry_run)


def _refuse(planned: Plan) -> None:
    if not planned.bad:
        return
    shown = [f"line {bad.line}: {words.FAULTS[bad.fault]}" for bad in planned.bad[:SHOWN]]
    if len(planned.bad) > SHOWN:
        shown.append(f"… and {len(planned.bad) - SHOWN} more")
    raise click.ClickException("Nothing was changed. Mend the rota and try again:\n  " + "\n  ".join(shown))


def _say(planned: Plan, *, dry_run: bool) -> None:
    for unknown in planned.unknown:
        lines = ", ".join(str(line) for line in unknown.lines[:SHOWN])
        click.echo(f"Nobody here is known as the person on line {lines}: left out.", err=True)
    if dry_run:
        click.echo("Nothing is changed by a dry run. It would be:")
    click.echo(f"{planned.added} added, {planned.removed} taken away, {planned.unchanged} as before.")
