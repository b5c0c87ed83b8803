"""How the portal looks to somebody, one's own page, and the directory."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from portal.blueprints.people.models import Person
from portal.core.db import transaction
from tests.client import AuditingClient
from tests.factories.people import make_person
from tests.people.door import cookies

Browse = Callable[[Person], AuditingClient]

IDENTITY_NUMBER = "01010112377"


@pytest.mark.parametrize(
    ("form", "cookie", "attribute"),
    [
        ({"theme": "dark"}, ("theme", "dark"), "theme"),
        ({"contrast": "high"}, ("contrast", "high"), "contrast"),
        ({"contrast": ""}, ("contrast", ""), "contrast"),
        ({"locale": "nb"}, ("locale", "nb"), "locale"),
    ],
)
def test_how_it_looks_is_kept_with_the_person_and_in_the_browser(
    client: AuditingClient, browse: Browse, anne: Person, form: dict[str, str], cookie: tuple[str, str], attribute: str
) -> None:
    for browser in (client, browse(anne)):
        answer = browser.post("/utsjaanad", data={**form, "back": "/folk"})
        assert (answer.status_code, answer.location) == (303, "/folk")
        assert {name: one.value for name, one in cookies(answer).items() if name != "tunet"} == dict([cookie])
    assert getattr(anne, attribute) == cookie[1]


@pytest.mark.parametrize(
    "form",
    [
        {"theme": "pink"},
        {"locale": "sv"},
        {"locale": "../../x"},
        {"contrast": "higher"},
        {"theme": "dark\r\nX: y"},
        {"back": "/" + "x" * 600},
    ],
)
def test_a_look_that_does_not_exist_changes_nothing(
    client: AuditingClient, browse: Browse, anne: Person, form: dict[str, str]
) -> None:
    before = (anne.locale, anne.theme, anne.contrast)
    for browser in (client, browse(anne)):
        answer = browser.post("/utsjaanad", data=form)
        assert answer.status_code == 303
        assert set(cookies(answer)) <= {"tunet"}
        assert "X" not in answer.headers
    assert (anne.locale, anne.theme, anne.contrast) == before


def test_what_was_chosen_is_what_the_next_page_wears(client: AuditingClient) -> None:
    client.post("/utsjaanad", data={"theme": "dark"})
    client.post("/utsjaanad", data={"locale": "nb"})
    client.post("/utsjaanad", data={"contrast": "high"})
    html = client.soup("/logg-inn").html
    assert html
    assert (html["lang"], html["data-color-scheme"], html["data-contrast"]) == ("nb", "dark", "high")


def test_a_cookie_with_a_made_up_look_is_not_believed(client: AuditingClient) -> None:
    for name in ("theme", "contrast", "locale"):
        client.set_cookie(name, "x'><script>")
    html = client.soup("/logg-inn").html
    assert html
    assert (html["lang"], html["data-color-scheme"], html.get("data-contrast")) == ("nn", "auto", None)


PROFILE = {"title": "Leads", "phone": "+47 55 00", "about": "Printers", "locale": "en"}


def test_ones_page_is_what_colleagues_see(browse: Browse, anne: Person, bjarne: Person) -> None:
    assert browse(anne).post("/meg", data=PROFILE | {"hotkeys": "y"}).status_code == 303
    page = browse(bjarne).get(f"/folk/{anne.id}").text
    assert all(word in page for word in ("Leads", "+47 55 00", "Printers"))
    assert anne.hotkeys


@pytest.mark.parametrize("field", ["title", "about"])
def test_a_patients_number_on_ones_page_is_refused_and_stored_nowhere(browse: Browse, anne: Person, field: str) -> None:
    answer = browse(anne).post("/meg", data=PROFILE | {field: f"ask about {IDENTITY_NUMBER}"})
    assert answer.status_code == 422
    assert "identity number" in answer.text
    assert (anne.title, anne.about) == ("", "")


@pytest.mark.parametrize(("field", "most"), [("title", 120), ("phone", 30), ("about", 500)])
def test_what_is_too_long_comes_back_as_it_was_written(browse: Browse, anne: Person, field: str, most: int) -> None:
    answer = browse(anne).post("/meg", data=PROFILE | {field: "x" * (most + 1)})
    assert answer.status_code == 422
    assert "x" * (most + 1) in answer.text
    assert getattr(anne, field) == ""


def test_nobody_makes_themselves_anything_by_sending_more_than_was_asked(browse: Browse, anne: Person) -> None:
    before = (anne.id, anne.username, anne.email, anne.name, anne.roles, anne.epoch, anne.is_active)
    extra = {"id": "999", "username": "root", "email": "x@y", "name": "Root", "roles": "administrator", "epoch": "9"}
    browse(anne).post("/meg", data=PROFILE | extra | {"is_active": "", "password_hash": "x", "person_id": "1"})
    assert (anne.id, anne.username, anne.email, anne.name, anne.roles, anne.epoch, anne.is_active) == before
    assert anne.password_hash is None


def test_the_directory_shows_who_works_here_and_finds_them(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        make_person("Gamle Erik", is_active=False)
    browser = browse(anne)
    everybody = browser.soup("/folk").main
    assert everybody
    assert "Anne Askeland" in everybody.get_text()
    assert "Gamle Erik" not in everybody.get_text()
    found = browser.soup("/folk?q=SVART").main
    assert found
    assert "Bjarne Svartveit" in found.get_text()
    assert "Anne Askeland" not in found.get_text()


def test_a_long_directory_comes_in_pages_and_in_few_queries(browse: Browse, anne: Person) -> None:
    with transaction():
        for n in range(130):
            make_person(f"Kollega {n:03}")
    browser = browse(anne)
    seen: set[str] = set()
    url = "/folk"
    for _ in range(4):
        page = browser.soup(url)
        assert len(browser.statements) <= 8, browser.statements
        seen |= set(re.findall(r"Kollega \d+", page.get_text()))
        more = page.select_one('a[href*="etter="]')
        if more is None:
            break
        url = str(more["href"])
    assert len(seen) == 130


def test_a_colleague_who_does_not_exist_is_not_found(browse: Browse, anne: Person) -> None:
    assert browse(anne).get(f"/folk/{anne.id + 99}").status_code == 404
