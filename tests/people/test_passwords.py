"""Choosing a password: by the one of today, or by a link that works once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.blueprints.people import service
from portal.blueprints.people.models import OneTimeLink, Person
from portal.blueprints.people.signin import password as passwords
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.people.conftest import NEW, PASSWORD
from tests.people.door import is_in

Browse = Callable[[Person], AuditingClient]

Give = Callable[[Person], Person]

At = Callable[[datetime], None]


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
