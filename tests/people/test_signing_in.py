"""The door: who comes in by a password, how often one may try, and where one gets to."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.blueprints.people import service
from portal.blueprints.people.models import Person
from portal.blueprints.people.signin import password as passwords
from portal.core.db import transaction
from tests.client import AuditingClient
from tests.factories.people import make_person
from tests.people.conftest import PASSWORD
from tests.people.door import is_in, sign_in

Give = Callable[[Person], Person]

At = Callable[[datetime], None]

NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)


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
