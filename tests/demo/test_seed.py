"""The demo desk: whole or not at all, once, and on this machine only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.blueprints.checkins.models.joys import Joy
from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.signups import SignUp
from portal.blueprints.knowledge.models import Article
from portal.blueprints.people.models import Person
from portal.blueprints.pulse import queries as pulse
from portal.blueprints.pulse.models import Published
from portal.blueprints.questions.models.claims import Looking
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.rooms.models import Booking, Room
from portal.blueprints.search import queries as search
from portal.blueprints.urgent.models.incidents import Incident
from portal.blueprints.urgent.queries import incidents
from portal.cli.demo import demo, is_loopback
from portal.cli.running import serve
from portal.core.db import Base, db
from portal.demo import seed
from tests.client import AuditingClient


def count(kind: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def test_the_desk_is_full_of_life(app: Flask, session: Session) -> None:
    assert seed.is_empty(app)
    seed.fill(app, knowledge=None, say=lambda _words: None)
    assert not seed.is_empty(app)
    assert (count(Person), count(Question), count(Room), count(Joy)) == (50, 120, 8, 30)
    assert count(Article) == 24
    assert count(Evening) >= 12
    assert count(SignUp) > 50
    assert count(Booking) > 5
    kari = db.session.scalars(select(Person).where(Person.name == "Kari Skjerdal")).one()
    found = [hit.title for hit in search.find(kari, "printeren svarer ikke", kinds=["question"])]
    assert any("krivar" in title for title in found)


def test_the_desk_shows_marks_checks_and_hand_overs(
    app: Flask, session: Session, browse: Callable[[Person], AuditingClient]
) -> None:
    seed.fill(app, knowledge=None, say=lambda _words: None)

    def look(name: str, title: str) -> str:
        person = db.session.scalars(select(Person).where(Person.name == name)).one()
        person.locale = "en"
        found = db.session.scalars(select(Question).where(Question.title == title)).one()
        return " ".join(browse(person).soup(f"/sporsmal/{found.id}").main.get_text(" ").split())

    assert "Worked for 6 colleagues" in look("Kari Skjerdal", "Journalen opnar seg ikkje etter ferie")
    dictaphone = look("Kari Skjerdal", "Diktafon blir ikkje funnen i Citrix etter at ho fekk ny PC")
    assert "No ligg det under tannhjulet" in dictaphone
    assert "Citrix vart oppgradert" in dictaphone
    assert "går tapt" in look("Kari Skjerdal", "Dokumentet er «låst av en annen bruker», men den andre har gått hjem")
    asked = look("Rune Storesund", "Citrix session drops only on the ward trolley PCs")
    assert "Lars asks if you" in asked
    assert count(Looking) == 4


@pytest.mark.parametrize(("day", "is_open"), [(24, True), (27, False)])  # a Tuesday, and a Friday evening
def test_the_pulse_asks_at_once_in_a_week_that_has_a_round(
    app: Flask, session: Session, at: Callable[[datetime], None], day: int, is_open: bool
) -> None:
    at(datetime(2026, 11, day, 20, 0, tzinfo=UTC))
    seed.fill(app, knowledge=None, say=lambda _words: None)
    assert (pulse.current_round() is not None) == is_open
    assert count(Published) > 5


def test_one_big_incident_is_over_and_none_is_on(app: Flask, session: Session) -> None:
    seed.fill(app, knowledge=None, say=lambda _words: None)
    (past,) = db.session.scalars(select(Incident))
    assert past.closed_at is not None
    assert past.closed_at > past.created_at
    assert len(incidents.said(past.id)) == 3
    assert incidents.open_now() == []


def test_a_large_knowledge_base_is_taken_in_where_it_lies(app: Flask, session: Session, tmp_path: Path) -> None:
    base = tmp_path / "articles.jsonl"
    base.write_text('{"id": "a1", "title": "Slå på skriveren", "body_markdown": "# Slå på\\n\\nTrykk på knappen."}\n')
    seed.fill(app, knowledge=base, say=lambda _words: None)
    assert count(Article) == 25


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.7", False),
        ("tunet.example", False),
        ("localhost.example", False),
    ],
)
def test_only_addresses_of_this_machine_are_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_the_demo_refuses_a_network_and_says_why() -> None:
    answer = CliRunner().invoke(demo, ["--host", "0.0.0.0"])
    assert answer.exit_code != 0
    assert "lets anybody in as anybody" in answer.output


def test_demo_mode_is_not_served_for_real(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DEMO", "1")
    answer = CliRunner().invoke(serve, ["--host", "0.0.0.0"])
    assert answer.exit_code != 0
    assert "portal demo" in answer.output


def test_several_processes_on_sqlite_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTAL_DATABASE", raising=False)
    answer = CliRunner().invoke(serve, ["--workers", "2"])
    assert answer.exit_code != 0
    assert "PostgreSQL" in answer.output
