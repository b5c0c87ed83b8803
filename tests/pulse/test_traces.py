"""What is left behind when somebody answers: in the length of pages, in tables, and in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import MetaData, select
from sqlalchemy.orm import Session

from portal.blueprints.people.models import Person
from portal.blueprints.pulse import service
from portal.core.db import Base
from tests.client import AuditingClient
from tests.factories.pulse_pages import MONDAY, at, make_round

Browse = Callable[[Person], AuditingClient]
PAGE = "/pusterom/puls"
NOTES = ["", "x", "y" * 500, "😀" * 250, "'\"<>&" * 100, "ein\r\n\r\nto", "å" * 499 + "'"]


@pytest.fixture(autouse=True)
def tuesday(at: Callable[[datetime], None]) -> None:
    at(TUESDAY)


TUESDAY = at(MONDAY + timedelta(days=1), 12)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_the_length_of_the_page_is_the_same_whatever_stands_on_the_slip(
    anne: Person, bjarne: Person, browse: Browse, encoding: str
) -> None:
    make_round([anne, bjarne])
    client = browse(anne)
    client.post(f"{PAGE}/svar/tilbake")  # the tests' token of forms has another length than the portal's

    def length() -> int:
        client.get(PAGE)  # says once that it is in the box
        answer = client.get(PAGE, headers={"Accept-Encoding": encoding})
        assert "no-store" in answer.headers["Cache-Control"]
        return len(answer.data)

    lengths = {length()}
    for number, note in enumerate(NOTES):
        assert client.post(f"{PAGE}/svar", data={"face": str(1 + number % 5), "note": note}).status_code == 303
        lengths.add(length())
    client.post(f"{PAGE}/svar/tilbake")
    lengths.add(length())
    assert len(lengths) == 1


def rows(session: Session) -> dict[str, list[str]]:
    session.expire_all()
    tables: MetaData = Base.metadata
    return {
        table.name: sorted(str(tuple(row)) for row in session.execute(select(table))) for table in tables.sorted_tables
    }


def test_in_no_table_but_the_box_does_anything_change_when_somebody_answers(
    session: Session, anne: Person, bjarne: Person, browse: Browse
) -> None:
    make_round([anne, bjarne])
    client = browse(anne)
    client.get(PAGE)
    before = rows(session)
    client.post(f"{PAGE}/svar", data={"face": "2", "note": "Lysrøyret summar."})
    client.get(PAGE)
    after = rows(session)
    assert {name for name in before if before[name] != after[name]} == {"pulse_ballot"}
    assert len(after["pulse_ballot"]) == 2


def test_the_log_says_nothing_of_who_has_answered_or_what(
    anne: Person, bjarne: Person, browse: Browse, caplog: pytest.LogCaptureFixture
) -> None:
    round_id = make_round([anne, bjarne])
    client = browse(anne)
    with caplog.at_level(logging.DEBUG, logger="portal"):
        client.post(f"{PAGE}/svar", data={"face": "2", "note": "Lysrøyret summar."})
        client.get(PAGE)
    said = " ".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    for secret in ("Lysrøyret", anne.name, anne.email, anne.username, service.token(round_id, anne.id)):
        assert secret not in said
