"""What the log says of a request, and what it never says."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest

from portal.blueprints.people import service
from portal.blueprints.people.models import Person
from portal.core.db import transaction
from portal.web import requests
from tests.client import AuditingClient

Browse = Callable[[Person], AuditingClient]


@contextmanager
def listening() -> Iterator[Callable[[], list[dict[str, object]]]]:
    """Hear the log of the whole process as it is written to standard error."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(requests.Lines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def test_each_request_is_one_line_with_when_what_and_how_it_went(browse: Browse, anne: Person) -> None:
    with listening() as lines:
        answer = browse(anne).get("/folk")
    (line,) = [line for line in lines() if line["what"] == "request"]
    assert (line["method"], line["route"], line["status"], line["level"]) == ("GET", "/folk", 200, "info")
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert datetime.strptime(str(line["at"]), "%Y-%m-%dT%H:%M:%S%z").tzinfo
    assert set(line) <= {"at", "level", "what", *requests.WANTED}


def test_nothing_that_anybody_wrote_or_is_called_reaches_the_log(
    app: object, browse: Browse, client: AuditingClient, anne: Person
) -> None:
    with transaction():
        secret = service.make_link(anne)
    canary = "kanarifugl"
    with listening() as lines:
        browser = browse(anne)
        browser.get(f"/sok?q={canary}")
        browser.get(f"/folk?q={canary}&etter={canary}")
        browser.post("/sporsmal/nytt", data={"title": canary, "body": canary})
        browser.post("/meg", data={"title": canary, "about": canary, "phone": canary, "locale": "en"})
        browser.get(f"/{canary}", headers={"User-Agent": canary, "Referer": canary, "Cookie": f"x={canary}"})
        client.post("/logg-inn", data={"login": canary, "password": canary})
        client.post(f"/lenkje/{secret}", data={"password": canary * 2})
        client.get(f"/lenkje/{secret}")
        client.get(f"/kalender/{'k' * 43}.ics")
    text = json.dumps(lines())
    assert len(lines()) >= 9
    for leaked in (canary, secret, "k" * 43, "Askeland", anne.username, anne.email, "10.0.0", "127.0.0.1"):
        assert leaked not in text, leaked


@pytest.mark.parametrize("given", ["abcd1234", "A" * 64, "0f3c-11aa-99"])
def test_an_id_that_a_proxy_gave_is_kept_when_it_is_a_plain_one(client: AuditingClient, given: str) -> None:
    assert client.get("/helse", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "A" * 65, "<script>alert(1)", "abcd 1234", "abcd1234;x", "æøåæøåæøå", "a_b_c_d_e"]
)
def test_an_id_that_could_mean_something_else_is_replaced(client: AuditingClient, given: str) -> None:
    answer = client.get("/finst-ikkje", headers={"X-Request-Id": given.encode().decode("latin-1")})
    assert answer.headers["X-Request-Id"] != given
    assert len(answer.headers["X-Request-Id"]) == 16
    assert "<script>alert" not in answer.text


def test_what_is_logged_stays_one_line_whatever_it_holds() -> None:
    record = logging.LogRecord("portal.x", logging.WARNING, "", 0, "what\nhappened", (), None)
    record.fault = 'a\r\n{"level": "error"}\x1b[31m\u2028'
    written = requests.Lines().format(record)
    assert "\n" not in written
    assert "\r" not in written
    assert "\x1b" not in written
    assert json.loads(written)["fault"] == record.fault


def test_other_packages_are_named_but_not_quoted() -> None:
    record = logging.LogRecord("exchangelib", logging.ERROR, "", 0, "password of Anne is %s", ("hunter2",), None)
    written = requests.Lines().format(record)
    assert "hunter2" not in written
    assert "Anne" not in written
    assert json.loads(written)["what"] == "exchangelib"


def test_the_log_goes_to_standard_error_and_nowhere_else() -> None:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    try:
        requests.log_to_stderr()
        (handler,) = root.handlers
        assert type(handler) is logging.StreamHandler
        assert isinstance(handler.formatter, requests.Lines)
    finally:
        root.handlers[:] = kept
        root.setLevel(level)
