"""Attacks on all routes there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.core.db import transaction
from tests.client import AuditingClient
from tests.factories.people import make_person
from tests.security.routes import PUBLIC, Route, path_of, routes

Browse = Callable[[Person], AuditingClient]
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
HTML = {"text/html"}


def ask(client: AuditingClient, route: Route, **values: Any) -> TestResponse:
    return client.open(route.path, method=route.method, buffered=True, **{"audit": False, **values})


def test_the_public_routes_are_those_that_have_a_reason(app: Flask) -> None:
    public = {route.endpoint for route in routes(app) if route.access == "public"}
    assert public == set(PUBLIC)
    assert all(len(reason) > 20 for reason in PUBLIC.values())


def test_strangers_are_sent_to_sign_in_from_everywhere_else(app: Flask, client: AuditingClient) -> None:
    closed = [route for route in routes(app) if route.endpoint not in PUBLIC]
    assert len(closed) > 80
    for route in closed:
        answer = ask(client, route)
        assert answer.status_code == 303, route
        assert answer.location.split("?")[0] == "/logg-inn", route


def test_a_strangers_fragment_is_a_refusal_and_not_the_sign_in_page(app: Flask, client: AuditingClient) -> None:
    for route in routes(app):
        if route.endpoint not in PUBLIC:
            answer = ask(client, route, headers={"HX-Request": "true"})
            assert (answer.status_code, answer.text) == (401, ""), route
            assert answer.headers["HX-Redirect"] == "/logg-inn", route


@pytest.fixture
def everything(session: object) -> Person:
    """Somebody with every role."""
    with transaction():
        return make_person("Alle Rollar", roles=list(Role))


def test_a_change_without_its_token_is_refused_everywhere(
    app: Flask, browse: Browse, carla: Person, yard: dict[str, Any]
) -> None:
    browser = browse(carla)
    unsafe = [route for route in routes(app, yard) if route.method in UNSAFE]
    assert len(unsafe) > 40
    for route in unsafe:
        for headers in ({}, {"Origin": "https://evil.example"}, {"HX-Request": "true"}, {"Accept": "application/json"}):
            answer = ask(browser, route, csrf=False, headers=headers)
            assert answer.status_code == 400, route


def test_a_change_with_the_token_of_another_session_is_refused(
    app: Flask, browse: Browse, carla: Person, yard: dict[str, Any]
) -> None:
    token = browse(carla)._token()
    victim = app.test_client().sign_in(carla)  # type: ignore[attr-defined]
    with victim.session_transaction() as session:
        session["csrf_token"] = "another"
    for route in routes(app, yard):
        if route.method in UNSAFE:
            answer = ask(victim, route, csrf=False, data={"csrf_token": token})
            assert answer.status_code == 400, route


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", "application/xml", "image/png", ""])
def test_another_kind_of_body_is_no_way_around_the_token(
    app: Flask, browse: Browse, carla: Person, yard: dict[str, Any], content_type: str
) -> None:
    browser = browse(carla)
    for route in routes(app, yard):
        if route.method in UNSAFE:
            answer = ask(browser, route, csrf=False, data=b'{"csrf_token": "x"}', content_type=content_type)
            assert answer.status_code == 400, route


def test_a_colleague_gets_no_further_than_the_door_of_what_needs_a_role(
    app: Flask, browse: Browse, didrik: Person, yard: dict[str, Any]
) -> None:
    browser = browse(didrik)
    guarded = [route for route in routes(app, yard) if route.access not in {"public", "signed_in"}]
    assert len(guarded) > 30
    for route in guarded:
        for headers in ({}, {"HX-Request": "true"}, {"Accept": "application/json"}):
            assert ask(browser, route, headers=headers).status_code == 403, route


def test_everything_of_the_administrators_asks_for_a_permission(app: Flask) -> None:
    for route in routes(app):
        if route.path.startswith("/styring") or "admin" in route.endpoint.split(".")[0]:
            assert route.access not in {"public", "signed_in"}, route


def test_an_administrator_whose_role_is_taken_is_refused_at_once(
    app: Flask, browse: Browse, carla: Person, yard: dict[str, Any]
) -> None:
    browser = browse(carla)
    assert browser.get("/styring/logg").status_code == 200
    with transaction():
        carla.roles = frozenset()
    for route in routes(app, yard):
        if route.access not in {"public", "signed_in"}:
            assert ask(browser, route).status_code == 403, route


def test_reading_changes_nothing_and_never_fails(
    app: Flask, browse: Browse, everything: Person, yard: dict[str, Any]
) -> None:
    """The client fails a GET that writes."""
    browser = browse(everything)
    shown = 0
    for route in routes(app, yard):
        if route.method == "GET":
            answer = ask(browser, route)
            assert answer.status_code < 500, route
            shown += answer.status_code == 200
    assert shown > 45


def test_head_is_get_without_the_body(app: Flask, browse: Browse, everything: Person, yard: dict[str, Any]) -> None:
    browser = browse(everything)
    for route in routes(app, yard):
        if route.method == "GET":
            got, head = ask(browser, route), browser.open(route.path, method="HEAD", buffered=True, audit=False)
            assert (head.status_code, head.data) == (got.status_code, b""), route


def test_options_tells_the_methods_and_does_nothing(app: Flask, client: AuditingClient) -> None:
    for route in routes(app):
        answer = client.open(route.path, method="OPTIONS")
        assert (answer.status_code, answer.data) == (200, b""), route
        assert route.method in answer.headers["Allow"], route
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "PROPFIND", "X"])
def test_methods_that_no_route_has_are_refused(app: Flask, browse: Browse, everything: Person, method: str) -> None:
    browser = browse(everything)
    for route in routes(app):
        answer = browser.open(route.path, method=method, headers={"X-Secret": "canary"})
        assert answer.status_code == 405, route
        assert "canary" not in answer.text
        assert route.method in answer.headers["Allow"], route


HUGE = [2**31, 2**63, 10**30]


@pytest.mark.parametrize("number", HUGE)
def test_an_id_larger_than_any_database_has_is_not_found(
    app: Flask, browse: Browse, everything: Person, number: int
) -> None:
    browser = browse(everything)
    asked = 0
    for rule in app.url_map.iter_rules():
        for name in rule.arguments:
            if "int" in type(rule._converters[name]).__name__.lower() or type(rule._converters[name]).__name__ == "Id":
                path = path_of(rule, {}).replace("/1", f"/{number}", 1)
                for method in (rule.methods or set()) & {"GET", "POST"}:
                    assert browser.open(path, method=method).status_code == 404, f"{method} {path}"
                    asked += 1
                break
    assert asked > 30


def test_ids_that_do_not_exist_are_not_found(app: Flask, browse: Browse, everything: Person) -> None:
    browser = browse(everything)
    asked = 0
    for rule in app.url_map.iter_rules():
        ids = {name: 987_654 for name in rule.arguments if name.endswith("_id") and name != "checkin_id"}
        if ids and "GET" in (rule.methods or set()):
            answer = browser.get(path_of(rule, ids), headers={"HX-Request": "true"})
            assert answer.status_code == 404, rule
            asked += 1
    assert asked > 8


ODD = [
    "%00",
    "a%00b",
    "%ff%fe",
    "%ed%a0%80",
    "%F0%9F%8E%B2",
    "%E2%80%AE",
    "%25",
    "%27%22%3C",
    "_",
    "%5C",
    "x" * 5000,
    "-1",
    "1e309",
    "(a%2B)%2B%24",
]
ARGUMENTS = ["q", "etter", "next", "back", "tag", "vis", "title", "dag", "fra", "type", "side", "id", "kind", "dato"]


@pytest.mark.parametrize("odd", ODD)
def test_odd_signs_in_the_address_never_are_a_fault(
    app: Flask, browse: Browse, everything: Person, yard: dict[str, Any], odd: str
) -> None:
    browser = browse(everything)
    query = "&".join(f"{name}={odd}" for name in ARGUMENTS)
    for route in routes(app, yard):
        if route.method == "GET":
            assert browser.get(f"{route.path}?{query}", buffered=True, audit=False).status_code < 500, route


@pytest.mark.parametrize("odd", ["%00", "%ff", "..%2f..%2fwsgi.py", "%2e%2e", "a" * 3000, "%0d%0aX-Evil:1"])
def test_odd_signs_in_the_path_never_are_a_fault(app: Flask, browse: Browse, everything: Person, odd: str) -> None:
    browser = browse(everything)
    for rule in app.url_map.iter_rules():
        for name in rule.arguments:
            if type(rule._converters[name]).__name__ == "UnicodeConverter" and "length" not in rule.rule:
                path = path_of(rule, {name: "PLACE"}).replace("PLACE", odd)
                for encoding in ("", "br, gzip"):
                    answer = browser.get(path, headers={"Accept-Encoding": encoding}, buffered=True, audit=False)
                    assert answer.status_code in {404, 405, 400}, path
                    assert "X-Evil" not in answer.headers


def fields_of_all_forms() -> set[str]:
    from portal.web.forms import Form

    found: set[str] = set()
    waiting = [Form]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        found |= {name for name in dir(form) if type(getattr(form, name, None)).__name__ == "UnboundField"}
    return found | {"person", "on", "guard", "key", "version", "to", "reader_id"}


@pytest.mark.parametrize(
    "odd",
    ["", "\0", "a\0b", str(10**30), "-1", "9" * 400, "\ud7ff\u202e", "%s%n{0}", "x" * 20_000, "2026-02-30", "NaN"],
)
def test_odd_values_in_every_field_never_are_a_fault(
    app: Flask, browse: Browse, everything: Person, yard: dict[str, Any], odd: str
) -> None:
    browser = browse(everything)
    form = dict.fromkeys(fields_of_all_forms(), odd)
    assert len(form) > 30
    for route in routes(app, yard):
        if route.method == "POST" and route.endpoint not in {"people.sign_out", "people.sign_out_everywhere"}:
            answer = ask(browser, route, data=form)
            assert answer.status_code < 500, route


def test_a_host_that_is_not_ours_is_refused_everywhere(app: Flask, browse: Browse, everything: Person) -> None:
    browser = browse(everything)
    for route in routes(app):
        for host in ("evil.example", "localhost.evil.example", "evil.example:80"):
            answer = ask(browser, route, headers={"Host": host})
            assert answer.status_code == 400, route
            assert "evil" not in answer.text
            assert "Location" not in answer.headers
