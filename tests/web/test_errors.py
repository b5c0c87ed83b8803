from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask, abort
from sqlalchemy import text
from sqlalchemy.exc import DataError
from werkzeug.exceptions import RequestEntityTooLarge

from portal.blueprints.people.models import Person
from portal.core import i18n
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, PortalError, TooMany, Unavailable
from portal.web import errors
from portal.web.auth import public
from tests.client import AuditingClient
from tests.web.conftest import MakeApp

Browse = Callable[[Person], AuditingClient]
SECRET = "Anne Askeland sa at pasienten heiter Kari"
RAISED: dict[str, Callable[[], Exception]] = {
    "400": lambda: DataError("statement", {"name": SECRET}, Exception(SECRET)),
    "403": lambda: NotAllowed("This is not open to you."),
    "404": lambda: NotFound("We cannot find that page"),
    "409": lambda: Conflict("That link has been used. Ask for a new one."),
    "413": lambda: RequestEntityTooLarge(),
    "422": lambda: Invalid("Choose a password."),
    "429": lambda: TooMany("That was a lot at once. Wait a little and try again.", wait=timedelta(seconds=90.2)),
    "500": lambda: RuntimeError(SECRET),
    "503": lambda: Unavailable("A system we need does not answer"),
}


@pytest.fixture
def failing(make_app: MakeApp) -> Flask:
    """Give an app with a route that raises what its address says."""
    app = make_app()

    @public
    def fail(what: str) -> str:
        raise RAISED[what]()

    @public
    def broken_query() -> str:
        db.session.execute(text("SELECT nothing FROM nowhere"))
        return "never"

    app.add_url_rule("/feil/<what>", "fail", fail, methods=["GET", "POST"])
    app.add_url_rule("/brote", "broken", broken_query)
    return app


def ask(app: Flask, path: str, *, locale: str = "en", **words: Any) -> Any:
    client = app.test_client()
    client.set_cookie("locale", locale)
    return client.get(path, **words)


@pytest.mark.parametrize("locale", i18n.LOCALES)
@pytest.mark.parametrize("status", RAISED)
def test_every_refusal_is_a_page_in_the_readers_language(failing: Flask, status: str, locale: str) -> None:
    answer = ask(failing, f"/feil/{status}", locale=locale)
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == int(status)
    assert page.html
    assert page.h1
    assert page.html["lang"] == locale
    assert page.h1.get_text() == i18n.text(errors.WORDS[int(status)][0], locale)
    assert answer.headers["X-Request-Id"] in page.get_text()
    assert page.select_one('a[href="/"]')


@pytest.mark.parametrize("locale", i18n.LOCALES)
@pytest.mark.parametrize("status", RAISED)
def test_every_refusal_is_a_piece_that_says_so_where_a_piece_was_asked_for(
    failing: Flask, status: str, locale: str
) -> None:
    answer = ask(failing, f"/feil/{status}", locale=locale, headers={"HX-Request": "true"})
    piece = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == int(status)
    assert "<html" not in answer.text
    assert piece.select_one('[role="alert"]')
    assert i18n.text(errors.WORDS[int(status)][0], locale) in piece.get_text()


@pytest.mark.parametrize("locale", i18n.LOCALES)
@pytest.mark.parametrize("status", RAISED)
def test_every_refusal_is_problem_json_where_json_was_asked_for(failing: Flask, status: str, locale: str) -> None:
    answer = ask(failing, f"/feil/{status}", locale=locale, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (int(status), "application/problem+json")
    assert set(answer.json) == {"status", "title", "detail", "request_id"}
    assert answer.json["status"] == int(status)
    assert answer.json["title"] == i18n.text(errors.WORDS[int(status)][0], locale)
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}, {"Accept": "application/json"}])
@pytest.mark.parametrize("status", ["400", "500"])
def test_a_fault_shows_and_logs_neither_its_words_nor_its_place(
    failing: Flask, status: str, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = ask(failing, f"/feil/{status}", headers=headers)
    for leaked in (SECRET, "Traceback", "RuntimeError", "DataError", "portal/", "SELECT", ".py"):
        assert leaked not in answer.text
    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert SECRET not in logged
    assert ("RuntimeError" if status == "500" else "DataError") in logged


def test_a_refusal_of_the_portal_says_its_own_words(failing: Flask) -> None:
    assert "That link has been used. Ask for a new one." in ask(failing, "/feil/409").text


@pytest.mark.parametrize("status", sorted(errors.WORDS))
def test_every_status_has_words_in_every_language(status: int) -> None:
    for locale in ("nn", "nb"):
        for words in errors.WORDS[status]:
            assert i18n.text(words, locale) != words, f"{words!r} is not translated to {locale}"


def test_an_address_that_is_not_there_and_a_method_that_is_not_taken(client: AuditingClient) -> None:
    client.set_cookie("locale", "en")
    missing = client.get("/finst/ikkje")
    assert (missing.status_code, "We cannot find that page" in missing.text) == (404, True)
    refused = client.post("/helse")
    assert (refused.status_code, "That cannot be done here" in refused.text) == (405, True)
    assert set(refused.allow) >= {"GET"}


def test_too_much_too_soon_says_when_to_come_back(failing: Flask) -> None:
    assert ask(failing, "/feil/429").headers["Retry-After"] == "91"


def test_a_status_without_words_of_its_own_gets_the_nearest(failing: Flask, make_app: MakeApp) -> None:
    app = make_app()
    app.add_url_rule("/te", "tea", public(lambda: abort(418)))
    app.add_url_rule("/port", "gate", public(lambda: abort(503)))
    assert "We did not understand that" in ask(app, "/te").text
    assert ask(app, "/te").status_code == 418
    assert ask(app, "/port").status_code == 503


def test_a_form_that_was_open_too_long_says_so(client: AuditingClient) -> None:
    client.set_cookie("locale", "en")
    answer = client.post("/logg-inn", data={"csrf_token": "old"}, csrf=False)
    assert answer.status_code == 400
    assert "The page had been open for long" in answer.text


def test_a_query_that_fails_still_gets_a_page(failing: Flask) -> None:
    answer = ask(failing, "/brote")
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert "That did not work" in answer.text


def test_when_the_database_is_away_there_are_still_words(
    browse: Browse, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OSError(SECRET)

    browser = browse(anne)
    monkeypatch.setattr("portal.blueprints.people.queries.db.session.scalar", gone)
    answer = browser.get("/folk", audit=False)
    assert (answer.status_code, answer.mimetype) == (500, "text/plain")
    assert i18n.text("That did not work", "nn") in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert SECRET not in answer.text


def test_nothing_shows_more_in_debug_than_it_should(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    app = make_app(testing=False)
    app.add_url_rule("/feil", "fail", public(lambda: 1 / 0))
    answer = app.test_client().get("/feil")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text


def test_the_refusals_of_the_portal_are_all_known() -> None:
    kinds = {kind.status for kind in PortalError.__subclasses__()}
    assert kinds <= set(errors.WORDS)
