"""The floor: a bare Flask page with three queries and a template, under the same server; plain, and by the ORM."""

from __future__ import annotations

import os
import sqlite3
import threading

from a2wsgi import WSGIMiddleware
from flask import Flask, render_template_string
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Question
from portal.serve import THREADS

PAGE = """<!doctype html><html lang="nn"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1>
<ul>{% for row in rows %}<li><a href="/{{ row[0] }}">{{ row[1] }}</a> {{ row[2] }}</li>{% endfor %}</ul>
<p>{{ waiting }} waiting, {{ people }} people</p></body></html>"""

local = threading.local()


def connection() -> sqlite3.Connection:
    """Give this thread's connection to the same database that the portal reads."""
    if not hasattr(local, "connection"):
        local.connection = sqlite3.connect(os.environ["FLOOR_DATABASE"])
    return local.connection


def create_floor() -> Flask:
    """Make the smallest application that does comparable work."""
    app = Flask(__name__)

    @app.get("/")
    def page() -> str:
        run = connection().execute
        rows = run("SELECT id, title, created_at FROM question ORDER BY created_at DESC, id DESC LIMIT 20").fetchall()
        waiting = run("SELECT count(*) FROM question WHERE state = 'open'").fetchone()[0]
        people = run("SELECT count(*) FROM person").fetchone()[0]
        return render_template_string(PAGE, title="Floor", rows=rows, waiting=waiting, people=people)

    database = os.environ["FLOOR_DATABASE"]
    engine = create_engine(database if "://" in database else f"sqlite:///{database}")

    @app.get("/orm")
    def orm_page() -> str:
        with Session(engine) as session:
            newest = select(Question).order_by(Question.created_at.desc(), Question.id.desc()).limit(20)
            rows = [(each.id, each.title, each.created_at) for each in session.scalars(newest)]
            waiting = session.scalar(select(func.count()).where(Question.state == "open"))
            people = session.scalar(select(func.count()).select_from(Person))
            return render_template_string(PAGE, title="Floor", rows=rows, waiting=waiting, people=people)

    return app


def application() -> WSGIMiddleware:
    """Make it in a process that uvicorn has started."""
    return WSGIMiddleware(create_floor(), workers=THREADS)


if __name__ == "__main__":
    import sys

    import uvicorn

    uvicorn.run(
        "bench.floor:application",
        factory=True,
        port=int(sys.argv[1]),
        http="httptools",
        loop="asyncio",
        access_log=False,
        log_level="error",
    )
