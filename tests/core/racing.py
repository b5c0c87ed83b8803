"""What several workers race for: a bare app, a job that notes who ran it, and one that is slow in the world outside.

Run as a program it is a worker process: python -m tests.core.racing <url> <folder> <seconds into the future>.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select

from portal.core import clock, jobs
from portal.core.audit import AuditEntry
from portal.core.db import Base, db, engine_options, transaction
from portal.core.jobs import Job, Steps
from portal.core.throttle import Throttle

own = MetaData()  # apart from the portal's own tables, which a test compares with the migrations
runs = Table("run", own, Column("id", Integer, primary_key=True), Column("number", Integer), Column("holder", String))
folder = Path()
holder = "here"


def make_app(url: str, *, make_tables: bool = False) -> Flask:
    """Put together an app that has a database and nothing else."""
    app = Flask("racing")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)
    if make_tables:
        with app.app_context():
            Base.metadata.create_all(db.engine, tables=[model.__table__ for model in (Job, Throttle, AuditEntry)])  # type: ignore[misc]
            own.create_all(db.engine)
    return app


@jobs.job("tests.note")
def note(number: int) -> None:
    """Write down that it was run, and by whom."""
    db.session.execute(insert(runs).values(number=number, holder=holder))


@jobs.job("tests.slow")
def slow(number: int) -> Steps:
    """Intend, be long in the world outside the first time, and write down that it came to its end."""
    began = folder / f"began-{number}"
    is_first = not began.exists()
    yield lambda: began.touch()
    if is_first:
        yield lambda: time.sleep(120)
    note(number)


def noted() -> list[int]:
    """Give the numbers that were run, in their order."""
    with transaction() as session:
        return list(session.scalars(select(runs.c.number).order_by(runs.c.number)))


def main(url: str, place: str, ahead: str) -> None:
    """Be a worker until nothing is due."""
    global folder, holder
    folder = Path(place)
    app = make_app(url)
    holder = jobs.new_holder()
    with app.app_context():
        with transaction():
            jobs.release_leases_of_the_dead()
        (folder / f"ready-{holder}").touch()
        while not (folder / "go").exists():
            time.sleep(0.01)
        with clock.frozen(datetime.now(UTC) + timedelta(seconds=float(ahead))):
            while jobs.run_due():
                pass


if __name__ == "__main__":
    # As a program this module is __main__; the jobs must be registered once, under the module's own name.
    from tests.core import racing

    racing.main(*sys.argv[1:])
