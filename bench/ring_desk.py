"""The desk of the ring: so many people at work by a rota, some who know a subject, all of them signed in."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask, current_app, request, session
from sqlalchemy import delete, func, insert, select

from portal import create_app
from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.skills import Skill
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.rules.skills import Level
from portal.blueprints.shifts.models import Presence, Rota, Shift
from portal.cli.database import bring_up_to_date
from portal.config import Settings
from portal.core import clock, jobs
from portal.core.db import db, transaction
from portal.demo import seed
from portal.web import auth

FEW, SOME = 12, 50  # who know the one subject, and the other


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Who is there: the session cookie of each, by id, and who knows what, by the name of the subject."""

    cookies: dict[int, str]
    knows: dict[str, list[int]]
    visitor: str  # the cookie of somebody who is not at work and reads pages

    def write(self, file: Path) -> None:
        """Keep it for the process that plays the browsers."""
        file.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, file: Path) -> Desk:
        """Read it again."""
        kept = json.loads(file.read_text())
        cookies = {int(person_id): cookie for person_id, cookie in kept["cookies"].items()}
        return cls(**{**kept, "cookies": cookies})


def open_app(folder: Path, database: str, base_url: str) -> Flask:
    """Put the portal together on the same settings as the server."""
    return create_app(Settings(folder=folder, database=database, base_url=base_url))


def make(app: Flask, people: int) -> Desk:
    """Fill an empty database with the demo's board and the people of the desk."""
    bring_up_to_date(app)
    seed.fill(app, knowledge=None, say=lambda _words: None)
    with app.app_context(), transaction() as database:
        visitor = database.scalars(select(Person).order_by(Person.id).limit(1)).one().id
        ids = _people(people)
        _put_to_work(ids)
        tags = database.scalars(select(Tag).order_by(Tag.id).limit(2)).all()
        knows = {tag.slug: ids[:number] for tag, number in zip(tags, (FEW, SOME), strict=True)}
        database.execute(delete(Skill))  # what the demo's people know would widen the circle
        rows = [{"person_id": each, "tag_id": tag.id, "level": Level.KNOWS} for tag in tags for each in knows[tag.slug]]
        database.execute(insert(Skill), rows)
    with app.app_context():
        while jobs.run_due():  # what the demo has left to do would be measured as idleness
            pass
    cookies = {person_id: _signed_in(app, person_id) for person_id in [visitor, *ids]}
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return Desk(visitor=cookies.pop(visitor), cookies=cookies, knows=knows)


def _people(count: int) -> list[int]:
    colleagues = [
        {"name": f"Kollega {number}", "username": f"ring-{number}", "email": f"ring-{number}@example.org"}
        for number in range(count)
    ]
    db.session.execute(insert(Person), colleagues)
    return list(db.session.scalars(select(Person.id).where(Person.username.startswith("ring-")).order_by(Person.id)))


def _put_to_work(ids: list[int]) -> None:
    now = clock.now()
    span = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=8)}
    rota = Rota(name="Målinga", read_at=now, first_at=span["starts_at"], last_at=span["ends_at"])
    db.session.add(rota)
    db.session.flush()
    db.session.execute(insert(Shift), [{"rota_id": rota.id, "person_id": person_id, **span} for person_id in ids])


def _signed_in(app: Flask, person_id: int) -> str:
    """Give the cookie that the portal itself would set; only the password is left out."""
    settings: Settings = app.config["SETTINGS"]
    with app.test_request_context("/", base_url=settings.base_url):
        person = db.session.get(Person, person_id)
        assert person is not None
        auth.start_session(person)
        answer = current_app.make_response("")
        current_app.session_interface.save_session(current_app, session._get_current_object(), answer)  # type: ignore[attr-defined]
        assert request.method == "GET"
        return answer.headers["Set-Cookie"].split(";")[0]


def count_present(app: Flask) -> int:
    """Count whose screens the portal knows to be open."""
    with app.app_context():
        counted = db.session.scalar(select(func.count(Presence.person_id.distinct()))) or 0
        db.session.remove()
        return counted
