"""An entry of the diary: changed while the diary closed by itself, and shown to others as a copy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.checkins.models.diary import DiaryEntry
from portal.blueprints.checkins.models.teams import TeamCheckIn
from portal.blueprints.people.models import Person
from tests.client import AuditingClient
from tests.factories.diary import PASSPHRASE, THOUGHT, make_diary, write

Browse = Callable[[Person], AuditingClient]
PAGE = "/pusterom/dagbok"


@pytest.fixture
def reading(session: Session, anne: Person, browse: Browse) -> tuple[AuditingClient, str]:
    """Anne has opened her diary, in which one entry is: her browser and the address of the entry."""
    make_diary(anne)
    write(anne)
    client = browse(anne)
    client.post(f"{PAGE}/opning", data={"passphrase": PASSPHRASE})
    return client, f"{PAGE}/{session.scalar(select(DiaryEntry.id))}"


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_colleague_gets_a_copy_once_and_the_diary_keeps_its_own(
    session: Session, reading: tuple[AuditingClient, str], bjarne: Person, browse: Browse
) -> None:
    client, path = reading
    assert client.post(f"{path}/deling", data={"audience": "one"}).status_code == 422
    sent = {"audience": "one", "reader": str(bjarne.id), "key": client.soup(path).find(id="key")["value"]}
    for _ in range(2):
        assert client.post(f"{path}/deling", data=sent).location == "/pusterom/mine"
    assert (count(session, DiaryEntry), count(session, CheckIn)) == (1, 1)
    assert THOUGHT in browse(bjarne).get("/pusterom/delt").text
    assert THOUGHT in client.get(PAGE).text


def test_the_team_gets_a_copy_under_a_name_and_only_while_the_diary_is_open(
    session: Session, reading: tuple[AuditingClient, str], didrik: Person, browse: Browse
) -> None:
    client, path = reading
    for audience in ("nameless", "me", "all", ""):
        assert client.post(f"{path}/deling", data={"audience": audience}).status_code == 422
    assert client.post(f"{path}/deling", data={"audience": "team"}).location == "/pusterom/mine"
    assert THOUGHT in browse(didrik).get("/pusterom/teamet").text
    client.post(f"{PAGE}/lukking")
    assert client.post(f"{path}/deling", data={"audience": "team"}).location == PAGE
    assert count(session, TeamCheckIn) == 1


def test_what_was_written_while_the_diary_closed_is_kept_with_the_passphrase(
    session: Session, reading: tuple[AuditingClient, str], didrik: Person, browse: Browse
) -> None:
    client, path = reading
    client.post(f"{PAGE}/lukking")
    changed = {"face": "good", "words": "det gjekk betre"}
    first = client.post(path, data=changed)
    assert "det gjekk betre" in first.text
    assert "Write your passphrase." not in first.text
    for passphrase, said in (
        ("", "Write your passphrase."),
        ("ikkje den rette her", "does not open your diary"),
    ):
        refused = client.post(path, data={**changed, "passphrase": passphrase})
        assert refused.status_code == 422
        assert said in refused.text
        assert "det gjekk betre" in refused.text
        assert THOUGHT not in refused.text
        assert not passphrase or passphrase not in refused.text
    assert client.post(path, data={**changed, "passphrase": PASSPHRASE}).location == PAGE
    page = client.get(PAGE).text
    assert "det gjekk betre" in page
    assert THOUGHT not in page
    assert browse(didrik).post(path, data={**changed, "passphrase": PASSPHRASE}).status_code == 404


def test_patient_data_is_refused_also_then_and_the_diary_is_open(reading: tuple[AuditingClient, str]) -> None:
    client, path = reading
    client.post(f"{PAGE}/lukking")
    sent = {"face": "good", "words": "pasienten 13097248022", "passphrase": PASSPHRASE}
    refused = client.post(path, data=sent)
    assert refused.status_code == 422
    assert "<mark>13097248022</mark>" in refused.text
    assert THOUGHT in client.get(PAGE).text
