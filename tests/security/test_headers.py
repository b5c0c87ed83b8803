"""What every answer says of how it may be used, whatever the answer is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.core.db import transaction
from portal.web import security
from tests.client import AuditingClient
from tests.factories.people import make_person
from tests.security.routes import PUBLIC, routes

Browse = Callable[[Person], AuditingClient]

POLICY = re.compile(
    r"default-src 'none'; script-src 'self' 'nonce-[\w-]{22}'; style-src 'self'; img-src 'self' data: blob:; "
    r"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    r"manifest-src 'self'; require-trusted-types-for 'script'; trusted-types htmx"
)

ALWAYS = {"X-Content-Type-Options", "Cross-Origin-Resource-Policy", "Content-Security-Policy", "Cache-Control"}


@pytest.fixture
def everything(session: object) -> Person:
    with transaction():
        return make_person("Alle Rollar", roles=list(Role))


def answers(app: Flask, browser: AuditingClient, yard: dict[str, Any]) -> Iterator[tuple[str, TestResponse]]:
    """Give an answer of every kind from every route: a page, a piece, a refusal, a redirect, something missing."""
    for route in routes(app, yard):
        for headers in ({}, {"HX-Request": "true"}, {"Accept": "application/json"}):
            words = {"method": route.method, "headers": headers, "audit": False, "buffered": True}
            yield f"{route} {headers}", browser.open(route.path, **words)
    for path in ("/finst-ikkje", "/static/finst-ikkje.js", "/.git/HEAD", "/.env", "/static/", "/console"):
        yield path, browser.get(path, audit=False)
    yield "no token", browser.post("/logg-ut", csrf=False, audit=False)
    yield "no such method", browser.open("/", method="TRACE", audit=False)


@pytest.mark.parametrize("who", ["stranger", "everything"])
def test_every_answer_has_its_headers(
    app: Flask, browse: Browse, client: AuditingClient, everything: Person, yard: dict[str, Any], who: str
) -> None:
    browser = client if who == "stranger" else browse(everything)
    nonces = set()
    for name, answer in answers(app, browser, yard):
        headers = answer.headers
        assert not ALWAYS - set(dict(headers)), name
        assert headers["X-Content-Type-Options"] == "nosniff", name
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", name
        policy = headers["Content-Security-Policy"]
        if answer.mimetype == "text/html":
            assert POLICY.fullmatch(policy), name
            assert headers["Referrer-Policy"] == "same-origin", name
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin", name
            assert "camera=()" in headers["Permissions-Policy"], name
            nonces.add(re.findall(r"nonce-([\w-]+)", policy)[0])
        else:
            assert "default-src 'none'" in policy, name
            assert "sandbox" in policy, name
        assert not [one for one in dict(headers) if one.startswith("Access-Control")], name
        assert "X-Powered-By" not in headers, name
        text_like = answer.mimetype.startswith("text/") and answer.data
        assert not text_like or "charset=utf-8" in headers["Content-Type"], name
    assert len(nonces) > 100


def test_what_one_person_sees_is_kept_by_no_cache(
    app: Flask, browse: Browse, everything: Person, yard: dict[str, Any]
) -> None:
    same_length = {"pulse.index"}  # packed, it would be longer for those who have answered
    may_be_kept = {"static", "favicon", "robots", "questions.picture", "events_feed.feed"}
    for route in routes(app, yard):
        if route.method == "GET" and route.endpoint not in may_be_kept:
            answer = browse(everything).get(route.path, audit=False, buffered=True)
            kept = answer.headers["Cache-Control"]
            assert kept == ("no-store, no-transform" if route.endpoint in same_length else "no-store"), route


def test_two_people_at_the_same_machine_never_see_each_others_page(
    browse: Browse, anne: Person, bjarne: Person
) -> None:
    assert "Anne Askeland" in browse(anne).get("/meg").text
    assert "Anne Askeland" not in browse(bjarne).get("/meg").text


def test_pages_load_from_nowhere_else(app: Flask, browse: Browse, everything: Person, yard: dict[str, Any]) -> None:
    from bs4 import BeautifulSoup

    for route in routes(app, yard):
        if route.method == "GET":
            answer = browse(everything).get(route.path, audit=False, buffered=True)
            if answer.mimetype != "text/html":
                continue
            soup = BeautifulSoup(answer.text, "html.parser")
            for element in soup.find_all(["script", "link", "img", "source", "iframe", "object", "embed", "applet"]):
                url = element.get("src") or element.get("href") or ""
                assert url == "" or re.match(r"/(?!/)|data:|#", url), f"{route}: {element}"
                assert element.name not in {"iframe", "object", "embed", "applet"}, route
            for script in soup.find_all("script"):
                assert script.get("nonce") and script.get("src"), f"{route}: a script in the page"  # noqa: PT018
            assert not soup.find_all("style"), route


def test_no_page_has_a_secret_in_a_link(app: Flask, browse: Browse, everything: Person, yard: dict[str, Any]) -> None:
    for route in routes(app, yard):
        if route.method == "GET":
            page = browse(everything).get(route.path, audit=False, buffered=True)
            if page.mimetype == "text/html":
                assert not re.search(r'href="[^"]*(token|session|password|csrf)[=/]', page.text), route


def test_everybody_who_is_signed_in_can_sign_out_from_every_page(
    app: Flask, browse: Browse, everything: Person, yard: dict[str, Any]
) -> None:
    pages = 0
    for route in routes(app, yard):
        if route.method == "GET" and route.endpoint not in PUBLIC:
            answer = browse(everything).get(route.path, audit=False, buffered=True)
            if answer.mimetype == "text/html" and answer.status_code == 200 and "<html" in answer.text:
                assert 'action="/logg-ut"' in answer.text, route
                pages += 1
    assert pages > 25


def test_the_policy_is_the_one_that_was_designed() -> None:
    assert POLICY.fullmatch(security.TEMPLATE.format(nonce="x" * 22))


def test_over_tls_browsers_are_told_to_stay_there(app: Flask, client: AuditingClient) -> None:
    for path in ("/logg-inn", "/", "/finst-ikkje", "/static/finst-ikkje.js", "/helse"):
        safe = client.get(path, base_url="https://localhost", audit=False)
        assert safe.headers["Strict-Transport-Security"].startswith("max-age=31536000"), path
        assert "Strict-Transport-Security" not in client.get(path, audit=False).headers


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
def test_no_other_origin_is_let_in(browse: Browse, everything: Person, origin: str) -> None:
    for method in ("GET", "OPTIONS"):
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        answer = browse(everything).open("/sporsmal", method=method, headers=headers)
        assert not [name for name in dict(answer.headers) if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    "path",
    [
        "/.git/HEAD",
        "/.env",
        "/var/",
        "/instance/",
        "/static/",
        "/console",
        "/metrics",
        "/openapi.json",
        "/../wsgi.py",
        "/static/../../wsgi.py",
        "/static/manifest.json/..",
        "/graphql",
        "/authorize",
        "/token",
        "/uploads/",
    ],
)
def test_what_is_not_meant_for_the_web_is_not_on_it(client: AuditingClient, path: str) -> None:
    assert client.get(path).status_code == 404
