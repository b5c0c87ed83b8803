"""Going in, and finding out whether one is in."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

from werkzeug.test import TestResponse

from tests.client import AuditingClient
from tests.people.conftest import PASSWORD


def sign_in(client: AuditingClient, login: str, password: str = PASSWORD, **words: Any) -> TestResponse:
    return client.post("/logg-inn", data={"login": login, "password": password}, **words)


def is_in(client: AuditingClient) -> bool:
    return client.get("/meg").status_code == 200


def cookies(answer: TestResponse) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in answer.headers.getlist("Set-Cookie"):
        found |= SimpleCookie(line)
    return found
