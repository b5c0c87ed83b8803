"""portal doctor: tries what the portal leans on, and says in plain words what to mend."""

from __future__ import annotations

import shutil
import time

import click
from sqlalchemy import select, text

from portal import create_app
from portal.core import health
from portal.core.db import db, is_sqlite
from portal.core.health import Finding, check
from portal.core.settings import current_settings

LEAST_FREE = 500 * 1024 * 1024


@check("database")
def database() -> Finding:
    """Ask the database something, and how far its clock is from ours."""
    began = time.perf_counter()
    db.session.scalar(select(1))
    milliseconds = (time.perf_counter() - began) * 1000
    return Finding(name="database", is_well=True, words=f"{db.engine.dialect.name} answers in {milliseconds:.0f} ms.")


@check("disk")
def disk() -> Finding:
    """Look at the space that is left where the portal writes."""
    folder = current_settings().folder
    free = shutil.disk_usage(folder if folder.exists() else ".").free
    words = f"{free // 1024 // 1024} MB are free where the portal writes."
    return Finding(
        name="disk", is_well=free > LEAST_FREE, words=words if free > LEAST_FREE else f"{words} Make room soon."
    )


@check("clock")
def clocks() -> Finding:
    """Compare the clock of this machine with the database server's."""
    if is_sqlite():
        return Finding(name="clock", is_well=True, words="The database shares the clock of this machine.")
    theirs = db.session.scalar(text("SELECT extract(epoch FROM clock_timestamp())"))
    apart = abs(float(theirs or 0) - time.time())
    words = f"The database server's clock is {apart:.1f} s from this machine's."
    return Finding(
        name="clock", is_well=apart < 2, words=words if apart < 2 else f"{words} Let both follow the same time server."
    )


@check("live")
def live_names() -> Finding:
    """Ask Redis, where names of what has changed travel over it."""
    url = current_settings().live
    if not url:
        words = "One process hears what it says itself." if is_sqlite() else "The database tells other processes."
        return Finding(name="live", is_well=True, words=words)
    from portal.core.relay import Relay, explain

    try:
        seconds = Relay(url).try_out()
    except Exception as error:  # whatever it is, it is put in plain words
        return Finding(name="live", is_well=False, words=f"Redis {explain(error)} Until then, pages hear of it late.")
    return Finding(name="live", is_well=True, words=f"Redis answers in {seconds * 1000:.0f} ms.")


@click.command()
def doctor() -> None:
    """Try the database, mail, the calendar, Redis, the disk and the clock."""
    app = create_app()
    with app.app_context():
        found = health.findings()
    for finding in found:
        click.echo(f"{'well' if finding.is_well else 'MEND':5} {finding.name:10} {finding.words}")
    if not all(finding.is_well for finding in found):
        raise SystemExit(1)
