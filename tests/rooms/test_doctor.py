"""What `portal doctor` says of the calendar: in plain words, what to mend and where."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta
from pathlib import Path

import pytest

from portal.blueprints.rooms import jobs as room_jobs
from portal.blueprints.rooms.adapters import choice, examination
from portal.blueprints.rooms.models import Room
from portal.blueprints.rooms.ports import CalendarUnavailable, SignInRefused
from portal.config import Settings
from portal.core import settings
from portal.core.health import Finding
from tests.exchange_server.client import Remote
from tests.graph_server.client import GraphRemote
from tests.rooms.conftest import FJELL, FJORD, Worker, book


def visit() -> Finding:
    choice.forget()
    return room_jobs.calendar_health()


def test_all_is_well(graph_worker: Worker, on_graph: GraphRemote) -> None:
    on_graph.room(FJORD, name="Fjord")
    assert visit() == Finding(name="Rooms", is_well=True, words="The calendar answers and knows 2 rooms.")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"graph_secret": "wrong"}, "PORTAL_GRAPH_SECRET is not right"),
        ({"graph_mailbox": "nobody@example.org"}, "no mailbox at PORTAL_GRAPH_MAILBOX"),
        ({"graph_authority": "http://127.0.0.1:9"}, "PORTAL_GRAPH_AUTHORITY"),
    ],
)
def test_a_wrong_setting_is_named(
    graph_worker: Worker, graph_settings: Settings, changed: dict[str, str], words: str
) -> None:
    settings.use(dataclasses.replace(graph_settings, **changed))  # type: ignore[arg-type]
    found = visit()
    assert words in found.words
    assert not found.is_well


@pytest.mark.parametrize(
    ("kind", "operation", "words"),
    [
        ("forbidden", "FindEvents", "may not use the calendar of PORTAL_GRAPH_MAILBOX"),
        ("forbidden", "Places", "their list cannot be fetched"),
        ("busy", "FindEvents", "nothing has to be done"),
        ("unavailable", "GetSchedule", "Graph does not answer (Status503)"),
        ("reset", "FindEvents", "Check PORTAL_GRAPH_URL"),
        ("garbage", "FindEvents", "Graph does not answer (Garbage)"),
    ],
)
def test_each_trouble_has_its_words(
    graph_worker: Worker, on_graph: GraphRemote, kind: str, operation: str, words: str
) -> None:
    on_graph.fault(kind, operation=operation)
    found = visit()
    assert words in found.words
    assert not found.is_well


def test_rooms_that_do_not_tell_are_named(graph_worker: Worker, on_graph: GraphRemote) -> None:
    on_graph.room(FJELL, broken="ErrorNoFreeBusyAccess")
    found = visit()
    assert not found.is_well
    assert f"1 of 1 rooms do not tell when they are busy: {FJELL} (ErrorNoFreeBusyAccess)" in found.words


def test_a_secret_that_was_refused_is_not_tried_again_by_the_doctor(
    graph_worker: Worker, on_graph: GraphRemote, graph_settings: Settings
) -> None:
    settings.use(dataclasses.replace(graph_settings, graph_secret="wrong"))
    book()
    graph_worker.work(timedelta(minutes=5))
    found = visit()
    assert on_graph.state()["calls"]["refused"] == 1
    assert "PORTAL_GRAPH_SECRET is not right" in found.words
    assert "since 23.11.2026 09:00" in found.words


def test_exchange_has_its_own_words(exchange_worker: Worker, fjell: Room, on_exchange: Remote) -> None:
    on_exchange.fault("soap_fault", operation="FindItem", code="ErrorAccessDenied")
    assert "may not open the calendar of PORTAL_EWS_MAILBOX" in visit().words
    on_exchange.fault("soap_fault", operation="GetFolder", code="ErrorNonExistentMailbox")
    assert "no mailbox at PORTAL_EWS_MAILBOX" in visit().words
    on_exchange.room(FJELL, broken="ErrorNobodyHasSeenThis")
    assert "1 of 1 rooms" in visit().words


@pytest.mark.parametrize("calendar", ["exchange", "graph"])
def test_every_word_of_advice_can_be_said(graph_settings: Settings, app: object, calendar: str) -> None:
    before = settings.current_settings()
    settings.use(dataclasses.replace(graph_settings, calendar=calendar))
    tables = {
        CalendarUnavailable: (examination.EXCHANGE_TROUBLE, examination.GRAPH_TROUBLE),
        SignInRefused: (examination.EXCHANGE_SIGN_IN, examination.GRAPH_SIGN_IN),
    }
    said = {
        examination.advice(trouble(code or "Odd"))
        for trouble, pair in tables.items()
        for code in pair[calendar == "graph"]
    }
    settings.use(before)
    assert all(words.endswith(".") and "%" not in words for words in said)


def test_the_guide_knows_every_setting_of_the_calendars_and_no_other() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "rooms-in-exchange-and-graph.md").read_text("utf-8")
    named = set(re.findall(r"PORTAL_[A-Z_]+[A-Z]", guide))
    names = {f"PORTAL_{field.name.upper()}" for field in dataclasses.fields(Settings)}
    ours = {name for name in names if name.startswith(("PORTAL_CALENDAR", "PORTAL_EWS_", "PORTAL_GRAPH_"))}
    assert named == ours
