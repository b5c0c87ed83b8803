from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.blueprints.people import service
from portal.blueprints.people.models import OneTimeLink, Person
from portal.blueprints.people.signin import password as passwords
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.people import make_person
from tests.people.conftest import NEW, PASSWORD

Browse = Callable[[Person], AuditingClient]
Give = Callable[[Person], Person]
At = Callable[[datetime], None]
NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
IDENTITY_NUMBER = "01010112377"


@pytest.fixture
def client(client: AuditingClient) -> AuditingClient:
    """A stranger who reads English, so that the tests read message ids."""
    client.set_cookie("locale", "en")
    return client


def sign_in(client: AuditingClient, login: str, password: str = PASSWORD, **words: Any) -> TestResponse:
    return client.post("/logg-inn", data={"login": login, "password": password}, **words)


def is_in(client: AuditingClient) -> bool:
    return client.get("/meg").status_code == 200


def test_the_right_password_opens_the_door(client: AuditingClient, anne: Person, with_password: Give) -> None:
    answer = sign_in(client, with_password(anne).username)
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_in(client)


@pytest.fixture
def hashings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count how often the slow hash is worked out; it still is."""
    counted: list[str] = []

    class Counting:
        def verify(self, digest: str, password: str) -> bool:
            counted.append(digest[:10])
            return hasher.verify(digest, password)

        def __getattr__(self, name: str) -> Any:
            return getattr(hasher, name)

    hasher = passwords.hasher
    passwords.nobody()
    monkeypatch.setattr(passwords, "hasher", Counting())
    return counted


def shape(answer: TestResponse) -> tuple[int, str, dict[str, str]]:
    """Give an answer without what is new in each: nonce, token, id and date."""
    text = re.sub(r"nonce-[\w-]+|nonce=\"[^\"]+\"|value=\"[^\"]{40,}\"|<code>[^<]*</code>", "", answer.text)
    text = re.sub(r'name="login"[^>]*>|value="[^"]*"', "", text)
    changing = {"X-Request-Id", "Content-Security-Policy", "Date", "Set-Cookie", "Content-Length"}
    return answer.status_code, text, {name: value for name, value in answer.headers.items() if name not in changing}


def test_nobody_learns_from_the_answer_which_accounts_exist(
    app: Flask, session: object, with_password: Give, hashings: list[str]
) -> None:
    with transaction():
        known, closed, empty = make_person("Kjend"), make_person("Slutta", is_active=False), make_person("Tom")
    with_password(known)
    with_password(closed)
    tries = {
        known.username: "wrong",
        closed.username: PASSWORD,
        empty.username: PASSWORD,
        "nobody": PASSWORD,
        known.email: "x",
    }
    shapes = []
    for number, (login, password) in enumerate(tries.items()):
        before = len(hashings)
        client: Any = app.test_client()
        shapes.append(shape(sign_in(client, login, password, environ_base={"REMOTE_ADDR": f"10.0.0.{number}"})))
        assert len(hashings) - before == 1, f"{login}: the hash was worked out {len(hashings) - before} times"
        assert not is_in(client)
    assert shapes[0][0] == 422
    assert all(one == shapes[0] for one in shapes)


def test_an_account_is_throttled_and_says_how_long(
    client: AuditingClient, anne: Person, at: At, with_password: Give
) -> None:
    at(NOON)
    with_password(anne)
    for n in range(service.TRIES_PER_ACCOUNT):
        assert sign_in(client, anne.username, "wrong", environ_base={"REMOTE_ADDR": f"10.0.0.{n}"}).status_code == 422
    refused = sign_in(client, anne.username, PASSWORD, environ_base={"REMOTE_ADDR": "10.1.1.1"})
    assert refused.status_code == 429
    assert "That was a lot at once" in refused.text
    assert refused.headers["Retry-After"] == "900"
    assert not is_in(client)
    at(NOON + timedelta(minutes=15))
    assert sign_in(client, anne.username, environ_base={"REMOTE_ADDR": "10.1.1.1"}).status_code == 303


def test_an_account_that_does_not_exist_is_throttled_alike(client: AuditingClient, at: At) -> None:
    at(NOON)
    statuses = [sign_in(client, "nobody").status_code for _ in range(service.TRIES_PER_ACCOUNT + 1)]
    assert statuses == [422] * service.TRIES_PER_ACCOUNT + [429]


def test_an_address_is_throttled_over_all_accounts_and_others_are_not(
    client: AuditingClient, anne: Person, at: At, with_password: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(NOON)
    with_password(anne)
    monkeypatch.setattr(service, "TRIES_PER_ADDRESS", 5)
    for n in range(5):
        sign_in(client, f"nobody{n}", environ_base={"REMOTE_ADDR": "10.0.0.1"})
    assert sign_in(client, anne.username, environ_base={"REMOTE_ADDR": "10.0.0.1"}).status_code == 429
    assert sign_in(client, anne.username, environ_base={"REMOTE_ADDR": "10.0.0.2"}).status_code == 303


def test_nobody_gets_a_new_count_by_claiming_another_address(
    client: AuditingClient, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(NOON)
    monkeypatch.setattr(service, "TRIES_PER_ADDRESS", 4)
    statuses = []
    for n in range(5):
        claims = dict.fromkeys(("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"), f"10.9.9.{n}")
        statuses.append(sign_in(client, f"nobody{n}", headers=claims).status_code)
    assert statuses == [422, 422, 422, 422, 429]


def test_a_session_from_before_signing_in_is_worth_nothing(
    client: AuditingClient, anne: Person, with_password: Give
) -> None:
    with_password(anne)
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    before = client.get_cookie("tunet")
    sign_in(client, anne.username)
    after = client.get_cookie("tunet")
    assert before and after and before.value != after.value  # noqa: PT018
    with client.session_transaction() as session:
        assert "planted" not in session
    client.set_cookie("tunet", before.value)
    assert not is_in(client)


def test_a_cookie_that_was_touched_is_nobodys(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    cookie = browser.get_cookie("tunet")
    assert cookie
    # Not the last letter: some of its bits are not part of the signature.
    at, other = len(cookie.value) - 6, "y" if cookie.value[-6] == "x" else "x"
    touched = cookie.value[:at] + other + cookie.value[at + 1 :]
    for forged in (touched, "x" + cookie.value, cookie.value.split(".")[0], "eyJfdXNlcl9pZCI6IjEuMSJ9"):
        browser.set_cookie("tunet", forged)
        assert not is_in(browser)


def test_signing_out_ends_here_and_forgets_the_rest(browse: Browse, anne: Person) -> None:
    browser, elsewhere = browse(anne), browse(anne)
    answer = browser.post("/logg-ut")
    assert (answer.status_code, answer.location) == (303, "/logg-inn")
    assert (is_in(browser), is_in(elsewhere)) == (False, True)


def test_signing_out_everywhere_ends_every_session_at_once(browse: Browse, anne: Person, bjarne: Person) -> None:
    browser, elsewhere, other = browse(anne), browse(anne), browse(bjarne)
    kept = elsewhere.get_cookie("tunet")
    assert browser.post("/logg-ut-overalt").status_code == 303
    assert [is_in(one) for one in (browser, elsewhere, other)] == [False, False, True]
    assert kept
    elsewhere.set_cookie("tunet", kept.value)
    assert not is_in(elsewhere)


def test_a_closed_account_is_out_at_once(browse: Browse, anne: Person, carla: Person) -> None:
    browser = browse(anne)
    assert is_in(browser)
    browse(carla).post(f"/styring/folk/{anne.id}/sluttar")
    assert not is_in(browser)
    browse(carla).post(f"/styring/folk/{anne.id}/tilbake")
    assert not is_in(browser), "an old session comes to life again"


def test_a_new_password_ends_the_sessions_elsewhere(browse: Browse, anne: Person, with_password: Give) -> None:
    with_password(anne)
    browser, elsewhere = browse(anne), browse(anne)
    answer = browser.post("/meg/passord", data={"old": PASSWORD, "password": NEW})
    assert (answer.status_code, answer.location) == (303, "/meg")
    assert (is_in(browser), is_in(elsewhere)) == (True, False)
    assert passwords.is_right(anne.password_hash, NEW)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"old": "wrong", "password": NEW}, "That is not your password of today."),
        ({"password": NEW}, "Write your password."),
        ({"old": PASSWORD, "password": "short"}, "at least 12 characters"),
        ({"old": PASSWORD, "password": "passord123456"}, "easy to guess"),
        ({"old": PASSWORD}, "Choose a password."),
        ({"old": PASSWORD, "password": "x" * 201}, ""),
    ],
)
def test_changing_the_password_needs_the_old_one_and_a_good_new_one(
    browse: Browse, anne: Person, with_password: Give, form: dict[str, str], words: str
) -> None:
    before = with_password(anne).password_hash
    browser, elsewhere = browse(anne), browse(anne)
    answer = browser.post("/meg/passord", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert PASSWORD not in answer.text
    assert anne.password_hash == before
    assert is_in(elsewhere)


def test_password_fields_are_masked_and_open_to_password_keepers(
    browse: Browse, client: AuditingClient, anne: Person
) -> None:
    with transaction():
        secret = service.make_link(anne)
    for page in (client.soup("/logg-inn"), browse(anne).soup("/meg/passord"), client.soup(f"/lenkje/{secret}")):
        fields = page.select("input[name=password], input[name=old]")
        assert fields
        for field in fields:
            assert field["type"] == "password"
            assert field["autocomplete"] in {"current-password", "new-password"}
            assert not set(field.attrs) & {"onpaste", "readonly", "maxlength", "pattern"} - {"maxlength"}


@pytest.fixture
def secret(anne: Person) -> str:
    with transaction():
        return service.make_link(anne)


def test_a_link_lets_in_once(app: Flask, client: AuditingClient, secret: str, anne: Person) -> None:
    assert "Anne" in client.soup(f"/lenkje/{secret}").get_text()
    answer = client.post(f"/lenkje/{secret}", data={"password": NEW})
    assert (answer.status_code, answer.location) == (303, "/meg")
    assert is_in(client)
    other: Any = app.test_client()
    for again in (other.get(f"/lenkje/{secret}"), other.post(f"/lenkje/{secret}", data={"password": PASSWORD})):
        assert again.status_code == 404
    assert "used or is too old" in client.get(f"/lenkje/{secret}").text
    assert passwords.is_right(anne.password_hash, NEW)


def test_looking_at_a_link_does_not_use_it(client: AuditingClient, secret: str) -> None:
    for method in ("GET", "HEAD", "GET"):
        assert client.open(f"/lenkje/{secret}", method=method).status_code == 200
    assert db.session.scalars(select(OneTimeLink.used_at)).one() is None


def test_a_refused_password_leaves_the_link_open(client: AuditingClient, secret: str) -> None:
    answer = client.post(f"/lenkje/{secret}", data={"password": "short"})
    assert answer.status_code == 422
    assert "at least 12 characters" in answer.text
    assert client.get(f"/lenkje/{secret}").status_code == 200


def test_a_link_that_is_too_old_or_made_up_is_not_found(client: AuditingClient, secret: str, at: At) -> None:
    for wrong in ("x", secret[:-1], secret + "x", secret.swapcase()):
        assert client.get(f"/lenkje/{wrong}").status_code == 404
    at(datetime.now(UTC) + timedelta(hours=48, minutes=1))
    assert client.get(f"/lenkje/{secret}").status_code == 404


def test_a_link_tells_nobody_else_where_it_was(client: AuditingClient, secret: str) -> None:
    headers = client.get(f"/lenkje/{secret}").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"


def test_using_a_link_ends_the_sessions_of_before(
    browse: Browse, client: AuditingClient, anne: Person, secret: str
) -> None:
    browser = browse(anne)
    client.post(f"/lenkje/{secret}", data={"password": NEW})
    assert not is_in(browser)


EVIL = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "http:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    ".evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/x\r\nX-Evil: 1",
    "/a\\..\\..//evil.example",
    "/\u2028/evil.example",
]


@pytest.mark.parametrize("where", EVIL)
def test_no_address_leads_to_another_house(app: Flask, anne: Person, with_password: Give, where: str) -> None:
    with_password(anne)
    client: Any = app.test_client()
    address = {"environ_base": {"REMOTE_ADDR": "10.0.0.9"}}
    answers = [
        client.post("/utsjaanad", data={"theme": "dark", "back": where}),
        client.post("/logg-inn", data={"login": anne.username, "password": PASSWORD, "next": where}, **address),
        client.get("/logg-inn", query_string={"next": where}),
        client.post("/utsjaanad", data={"theme": "dark", "back": where}),
    ]
    for answer in answers:
        assert (answer.status_code, answer.location) == (303, "/")
        assert "X-Evil" not in answer.headers


@pytest.mark.parametrize("where", ["/sporsmal", "/sporsmal?q=a%2Fb&etter=x", "/kveldar/12#kven", "/folk?q=å"])
def test_our_own_addresses_are_where_one_goes_on(
    client: AuditingClient, anne: Person, with_password: Give, where: str
) -> None:
    with_password(anne)
    answer = client.post("/logg-inn", data={"login": anne.username, "password": PASSWORD, "next": where})
    assert answer.location.replace("%C3%A5", "å") == where


def test_whoever_was_on_the_way_gets_there_after_signing_in(
    client: AuditingClient, anne: Person, with_password: Give
) -> None:
    with_password(anne)
    answer = client.get("/folk?q=a&etter=b")
    page = client.soup(answer.location)
    form = {field["name"]: field.get("value", "") for field in page.select("form input[name]")}
    form |= {"login": anne.username, "password": PASSWORD}
    del form["csrf_token"]
    assert client.post("/logg-inn", data=form).location == "/folk?q=a&etter=b"


def test_demo_picking_is_not_found_outside_demo_mode(client: AuditingClient, anne: Person) -> None:
    assert client.get("/demo").status_code == 404
    assert client.post("/demo", data={"person": anne.id}).status_code == 404
    assert not is_in(client)
    assert "/demo" not in client.get("/logg-inn").text


@pytest.mark.parametrize("hours", [12])
def test_a_session_ends_with_its_hours_however_busy_it_was(
    client: AuditingClient, anne: Person, with_password: Give, at: At, hours: int
) -> None:
    with_password(anne)
    at(NOON)
    sign_in(client, anne.username)
    for hour in range(hours):
        at(NOON + timedelta(hours=hour, minutes=59))
        assert is_in(client)
        client.post("/utsjaanad", data={"theme": "dark"})
    at(NOON + timedelta(hours=hours))
    assert is_in(client)
    at(NOON + timedelta(hours=hours, seconds=1))
    assert not is_in(client)


def cookies(answer: TestResponse) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in answer.headers.getlist("Set-Cookie"):
        found |= SimpleCookie(line)
    return found


def test_cookies_stay_with_the_browser_and_the_house(client: AuditingClient, anne: Person, with_password: Give) -> None:
    with_password(anne)
    given = cookies(sign_in(client, anne.username)) | cookies(
        client.post("/utsjaanad", data={"theme": "dark", "locale": "nb"})
    )
    assert {"tunet", "theme", "locale"} <= set(given)
    for name, cookie in given.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert cookie["path"] == "/", name
        assert not cookie["domain"], name
        assert not cookie["secure"], name


def test_no_session_cookie_is_given_to_who_only_looks(client: AuditingClient) -> None:
    for path in ("/helse", "/robots.txt", "/finst-ikkje"):
        assert "tunet" not in cookies(client.get(path)), path


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
        assert len(browser.statements) <= 6, browser.statements
        seen |= set(re.findall(r"Kollega \d+", page.get_text()))
        more = page.select_one('a[href*="etter="]')
        if more is None:
            break
        url = str(more["href"])
    assert len(seen) == 130


def test_a_colleague_who_does_not_exist_is_not_found(browse: Browse, anne: Person) -> None:
    assert browse(anne).get(f"/folk/{anne.id + 99}").status_code == 404
