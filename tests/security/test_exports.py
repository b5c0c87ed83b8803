"""What leaves the portal in other formats carries nothing that the program at the other end would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import icalendar
import pytest

from portal.blueprints.events.service import feeds
from portal.blueprints.games.rules import lists
from portal.blueprints.games.rules.shelf import Entry
from portal.blueprints.people.models import Person
from portal.core.db import transaction
from tests.client import AuditingClient
from tests.factories.events import make_evening, make_sign_up

PORTAL = Path(__file__).parents[2] / "portal"
NASTY = "Kveld\r\nATTENDEE:mailto:evil@example.org\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Falsk;,\\n"


@pytest.fixture
def secret(anne: Person) -> str:
    with transaction():
        evening = make_evening(own_title=NASTY[:120], own_text=NASTY, own_place=NASTY[:150])
        make_sign_up(evening, anne)
        return feeds.make_secret(anne)


def test_a_title_cannot_break_out_of_the_calendar_file(client: AuditingClient, secret: str) -> None:
    answer = client.get(f"/kalender/{secret}.ics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    (event,) = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert "ATTENDEE" not in event
    lines = answer.data.replace(b"\r\n ", b"").split(b"\r\n")
    assert not [line for line in lines if line.startswith((b"ATTENDEE", b"SUMMARY:Falsk"))]
    assert lines.count(b"BEGIN:VEVENT") == 1


def test_the_calendar_address_opens_ones_own_evenings_and_nothing_else(
    client: AuditingClient, secret: str, browse: Callable[[Person], AuditingClient]
) -> None:
    assert client.get(f"/kalender/{secret}.ics").status_code == 200
    assert "Set-Cookie" not in client.get(f"/kalender/{secret}.ics").headers
    assert client.get("/sporsmal", headers={"Authorization": f"Bearer {secret}"}).status_code == 303
    assert client.get(f"/lenkje/{secret}").status_code == 404


def test_a_calendar_address_dies_when_its_person_leaves(
    client: AuditingClient, secret: str, anne: Person, carla: Person
) -> None:
    from portal.blueprints.people import service

    with transaction():
        service.deactivate(carla, anne)
    assert client.get(f"/kalender/{secret}.ics").status_code == 404


def test_a_wrong_calendar_address_is_not_found(client: AuditingClient, secret: str) -> None:
    for wrong in ("a" * 43, secret[:-1], secret[:-1] + ("a" if secret[-1] != "a" else "b"), secret.lower() + "x"):
        assert client.get(f"/kalender/{wrong}.ics").status_code == 404


def test_a_new_calendar_address_ends_the_old_one(client: AuditingClient, secret: str, anne: Person) -> None:
    with transaction():
        new = feeds.make_secret(anne)
    assert client.get(f"/kalender/{secret}.ics").status_code == 404
    assert client.get(f"/kalender/{new}.ics").status_code == 200
    with transaction():
        feeds.remove_secret(anne)
    assert client.get(f"/kalender/{new}.ics").status_code == 404


def test_what_a_spreadsheet_would_run_leaves_as_text() -> None:
    for begins in ("=", "+", "-", "@", "\t", "\r"):
        entry = Entry(name=f"{begins}HYPERLINK(1)", players_min=2, players_max=4, notes=f"{begins}1+1")
        for row in csv.reader(io.StringIO(lists.write([entry])), delimiter=";"):
            assert not any(cell.startswith(begins) for cell in row), row


def test_there_is_one_writer_for_spreadsheets() -> None:
    """A second one has to keep its cells from being formulas as well, and to be attacked above."""
    writers = {
        path.relative_to(PORTAL).as_posix()
        for path in PORTAL.rglob("*.py")
        if "node_modules" not in path.parts and "csv.writer" in path.read_text()
    }
    assert writers == {"blueprints/games/rules/lists.py"}
