"""The pages about what is held: to read, to take along, and to erase."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import pytest
from bs4 import BeautifulSoup

from portal.blueprints.people import service as accounts
from portal.blueprints.people.models import Person
from portal.blueprints.privacy import queries
from portal.core import jobs, privacy
from portal.core.db import is_sqlite, transaction
from tests.client import AuditingClient
from tests.factories.checkins import SECRET, make_checkin
from tests.factories.events import make_evening, make_picture
from tests.factories.questions import make_answer, make_question

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
PASSWORD = "raude ullsokkar på tur"
HERE, TAKEN, ERASE = "/meg/opplysningar", "/meg/opplysningar/ta-med", "/meg/opplysningar/sletting"


@pytest.fixture(autouse=True)
def noon(at: At) -> None:
    """It is noon, and everybody has just signed in."""
    at(NOON)


def taken_along(client: AuditingClient, **data: str) -> ZipFile:
    answer = client.post(TAKEN, data=data)
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    archive = ZipFile(io.BytesIO(answer.data))
    answer.close()
    return archive


@pytest.mark.parametrize("path", ["/personvern", HERE])
def test_the_list_shows_everything_that_is_held_in_plain_words(browse: Browse, didrik: Person, path: str) -> None:
    page = browse(didrik).soup(path).main
    assert page
    words = page.get_text(" ", strip=True)
    assert len(privacy.holdings()) > 30
    for holding in privacy.holdings():
        assert " ".join(holding.what.split()) in words
        assert " ".join(holding.kept.split()) in words


def test_what_is_taken_along_can_be_read_by_people_and_by_programs(
    browse: Browse, anne: Person, bjarne: Person
) -> None:
    with transaction():
        make_question(anne, "Kvifor surrar skrivaren", body="<b>Høgt</b>")
        make_answer(bjarne, make_question(bjarne, "Ikkje min"), body="Ikkje mitt svar")
        picture = make_picture(make_evening(), anne)
    make_checkin(anne)
    archive = taken_along(browse(anne))
    asked = json.loads(archive.read("tunet/questions.json"))
    assert "Kvifor surrar skrivaren" in str(asked)
    assert SECRET in archive.read("tunet/checkins.json").decode()
    assert "Anne Askeland" in archive.read("tunet/people.json").decode()
    index = BeautifulSoup(archive.read("tunet/index.html"), "html.parser")
    assert index.h1
    assert "Kvifor surrar skrivaren" in index.get_text()
    assert index.find("b") is None, "what somebody wrote is text"
    assert index.find("img", src=f"events/{picture.token}.webp")
    assert archive.read(f"tunet/events/{picture.token}.webp") == b"RIFF"
    everything = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    assert "Ikkje mitt svar" not in everything
    assert "password_hash" not in everything


def test_the_archive_speaks_the_language_of_its_reader(browse: Browse, anne: Person) -> None:
    with transaction():
        anne.locale = "nn"
    index = BeautifulSoup(taken_along(browse(anne)).read("tunet/index.html"), "html.parser")
    assert index.html
    assert index.html["lang"] == "nn"


def test_an_open_screen_gives_nothing_along_without_the_password(browse: Browse, anne: Person, at: At) -> None:
    with transaction():
        accounts.set_password(anne, PASSWORD)
    client = browse(anne)
    at(NOON + timedelta(minutes=11))
    assert client.soup(HERE).find("input", type="password")
    for wrong in ({}, {"password": "ikkje dette"}):
        refused = client.post(TAKEN, data=wrong)
        assert refused.status_code == 422
        assert refused.mimetype == "text/html"
    assert taken_along(client, password=PASSWORD).namelist()


def test_whoever_has_no_password_here_is_asked_to_sign_in_again(browse: Browse, anne: Person, at: At) -> None:
    client = browse(anne)
    at(NOON + timedelta(minutes=11))
    for path in (HERE, ERASE):
        page = client.soup(path).main
        assert page
        assert not page.find("input", type="password"), "there is none to write"
        assert page.find("form", action="/logg-ut")
    refused = client.post(TAKEN)
    assert refused.status_code == 422
    assert "Sign out, and in again." in refused.text
    assert client.post(ERASE, data={"name": anne.name}).status_code == 422
    assert queries.find_erasure(anne.id) is None


def test_nobody_takes_along_what_is_anothers_for_there_is_no_way_to_ask(client: AuditingClient) -> None:
    assert client.post(TAKEN).status_code in {302, 303}
    assert client.get(HERE).status_code in {302, 303}


def test_one_is_erased_by_typing_ones_own_name_and_sees_when_it_is_done(browse: Browse, anne: Person) -> None:
    mine = browse(anne)
    assert mine.post(ERASE, data={"name": "Bjarne"}).status_code == 422
    assert queries.find_erasure(anne.id) is None
    person_id = anne.id
    answer = mine.post(ERASE, data={"name": " anne  ASKELAND "})
    assert answer.status_code == 303
    assert mine.get("/meg").status_code in {302, 303}, "signed out at once"
    there = answer.headers["Location"]
    assert "Look again" in mine.get(there).text
    while jobs.run_due(20):
        pass
    done = mine.get(there)
    assert "It is done." in done.text
    assert "What is left" in done.text
    assert "knows your name" not in done.text, "others may have written it"
    assert done.headers["Referrer-Policy"] == "no-referrer"
    assert privacy.still_naming(person_id) == []
    assert mine.get(there[:-2] + "xx").status_code == 404


def test_the_page_says_what_the_database_keeps_of_deleted_rows(browse: Browse, anne: Person) -> None:
    said = "Deleted rows in the files of the database itself" in browse(anne).get(ERASE).text
    assert said is not is_sqlite()


def test_nothing_on_the_page_looks_by_itself_and_leads_away_before_the_last_page_comes(
    browse: Browse, anne: Person
) -> None:
    client = browse(anne)
    for page in (client.soup(ERASE), BeautifulSoup(client.post(ERASE, data={"name": "Feil"}).text, "html.parser")):
        assert page.html
        assert "data-live" not in page.html.attrs
    there = client.soup(HERE).html
    assert there
    assert "data-live" in there.attrs, "as everywhere else"


def test_erasing_asks_for_the_password_on_a_screen_that_was_left_open(browse: Browse, anne: Person, at: At) -> None:
    with transaction():
        accounts.set_password(anne, PASSWORD)
    client = browse(anne)
    at(NOON + timedelta(minutes=11))
    assert client.post(ERASE, data={"name": anne.name, "password": "feil"}).status_code == 422
    assert queries.find_erasure(anne.id) is None
    assert client.post(ERASE, data={"name": anne.name, "password": PASSWORD}).status_code == 303
    assert queries.find_erasure(anne.id) is not None


def test_the_last_administrator_is_not_erased(browse: Browse, carla: Person) -> None:
    assert browse(carla).post(ERASE, data={"name": carla.name}).status_code == 409
    assert queries.find_erasure(carla.id) is None


def test_an_administrator_erases_somebody_who_has_left_and_nobody_else(
    browse: Browse, carla: Person, anne: Person, didrik: Person
) -> None:
    path, person_id = f"/styring/sletting/{anne.id}", anne.id
    assert browse(didrik).get(path).status_code == 403
    assert browse(didrik).post(path, data={"name": anne.name}).status_code == 403
    client = browse(carla)
    assert client.post(path, data={"name": anne.name}).status_code == 409
    assert "See what erasing means" not in client.get(f"/styring/folk/{anne.id}").text
    client.post(f"/styring/folk/{anne.id}/sluttar")
    assert "See what erasing means" in client.get(f"/styring/folk/{anne.id}").text
    assert "What is left" in client.get(path).text
    assert client.post(path, data={"name": "Nokon annan"}).status_code == 422
    assert client.post(path, data={"name": anne.name}).status_code == 303
    assert "being done" in client.get("/styring/sletting/").text
    while jobs.run_due(20):
        pass
    assert "being done" not in client.get("/styring/sletting/").text
    assert client.get(f"/styring/folk/{person_id}").status_code == 404
    assert client.get(f"/folk/{person_id}").status_code == 404


def test_what_they_asked_stands_there_without_a_name(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        asked = make_question(anne, "Kvifor surrar skrivaren")
        make_answer(bjarne, asked)
    browse(anne).post(ERASE, data={"name": anne.name})
    while jobs.run_due(20):
        pass
    page = browse(bjarne).get(f"/sporsmal/{asked.id}")
    assert page.status_code == 200
    assert "Kvifor surrar skrivaren" in page.text
    assert "Anne" not in page.text


def test_the_way_there_stands_on_ones_own_page(browse: Browse, anne: Person) -> None:
    assert browse(anne).soup("/meg").find("a", href=HERE)
