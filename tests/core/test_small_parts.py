"""Facts, audit, health, privacy and errors: small parts that everything else leans on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import audit, errors, facts, health, privacy
from portal.core.audit import AuditEntry
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, PortalError, TooMany, Unavailable

PORTAL = Path(errors.__file__).parent.parent


@dataclass(frozen=True, kw_only=True)
class Rained:
    day_id: int


@dataclass(frozen=True, kw_only=True)
class Snowed(Rained):
    pass


@pytest.fixture
def heard() -> Iterator[list[object]]:
    told: list[object] = []
    kept = {kind: list(listeners) for kind, listeners in facts._listeners.items()}
    facts.on(Rained)(told.append)
    yield told
    facts._listeners.clear()
    facts._listeners.update(kept)


def test_a_fact_is_told_at_once_to_those_who_listen(heard: list[object]) -> None:
    facts.record(Rained(day_id=1))
    assert heard == [Rained(day_id=1)]


def test_a_fact_of_another_kind_is_not_told(heard: list[object]) -> None:
    facts.record(Snowed(day_id=1))
    assert heard == []


def test_whoever_listens_twice_hears_once(heard: list[object]) -> None:
    def listen(fact: object) -> None:
        heard.append(fact)

    facts.on(Snowed)(listen)
    facts.on(Snowed)(listen)
    facts.record(Snowed(day_id=2))
    assert len(heard) == 1


def test_a_listener_that_fails_undoes_the_cause(session: Session, heard: list[object]) -> None:
    def fail(_fact: Rained) -> None:
        raise Conflict("No.")

    facts.on(Rained)(fail)

    def cause() -> None:
        with transaction():
            audit.note(1, "tests.rained")
            facts.record(Rained(day_id=1))

    with pytest.raises(Conflict):
        cause()
    assert db.session.scalars(select(AuditEntry)).all() == []


def test_facts_carry_ids_and_no_texts() -> None:
    """A fact may end up anywhere: what somebody wrote or is called must not travel with it."""
    found = 0
    for path in sorted((PORTAL / "blueprints").glob("*/facts.py")):
        module = import_module(f"portal.blueprints.{path.parent.name}.facts")
        for kind in vars(module).values():
            if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__:
                found += 1
                assert kind.__dataclass_params__.frozen, kind  # type: ignore[attr-defined]
                names = {field.name for field in fields(kind)}
                assert not names & {"name", "text", "body", "title", "email", "phone", "said", "words"}, (kind, names)
    assert found > 5


def test_an_act_is_written_down_with_ids(session: Session) -> None:
    with transaction():
        audit.note(7, "people.deactivate", subject="x", person_id=9)
        audit.note(None, "people.link_made", person_id=9)
    newest, first = audit.entries(2)
    assert (first.viewer_id, first.act, first.subject, first.ids) == (7, "people.deactivate", "x", {"person_id": 9})
    assert newest.viewer_id is None
    assert first.created_at


def test_nothing_in_the_portal_changes_or_deletes_the_audit_log() -> None:
    for path in PORTAL.rglob("*.py"):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and name in {"update", "delete"}:
                assert "AuditEntry" not in {getattr(argument, "id", "") for argument in node.args}, path


@pytest.fixture
def checks() -> Iterator[None]:
    kept = dict(health._checks)
    health._checks.clear()
    yield
    health._checks.clear()
    health._checks.update(kept)


def test_a_check_that_breaks_is_a_finding_and_quotes_nothing(checks: None) -> None:
    @health.check("good")
    def good() -> health.Finding:
        return health.Finding(name="good", is_well=True, words="Fine.")

    @health.check("broken")
    def broken() -> health.Finding:
        raise OSError("smtp://user:hunter2@mail")

    well, trouble = health.findings()
    assert (well.is_well, trouble.is_well) == (True, False)
    assert trouble.words == "The check itself failed: OSError."


def test_what_is_held_about_people_is_listed_by_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "_holdings", {})
    for slice_, what in (("b", "x"), ("a", "y"), ("a", "x"), ("a", "x")):
        privacy.register(slice_, what=what, seen_by="all", kept="a year")
    assert [(one.slice, one.what) for one in privacy.holdings()] == [("a", "x"), ("a", "y"), ("b", "x")]


@pytest.mark.parametrize(
    ("kind", "status"),
    [(NotFound, 404), (NotAllowed, 403), (Conflict, 409), (Invalid, 422), (TooMany, 429), (Unavailable, 503)],
)
def test_each_refusal_has_its_status_its_words_and_its_field(kind: type[PortalError], status: int) -> None:
    refusal = kind("%(who)s was first.", field="name", who="Anne")
    assert (refusal.status, refusal.field, refusal.params) == (status, "name", {"who": "Anne"})
    assert str(refusal) == "%(who)s was first."
