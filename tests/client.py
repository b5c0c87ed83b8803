"""A test client that is a careful reader: it audits every page it gets, and what the request did to the database."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask, g
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from portal.blueprints.people.models import Person
from portal.core import clock
from portal.core.db import db, transaction

RAW_TOKEN = "a-token-of-the-tests"
WRITES = ("INSERT", "UPDATE", "DELETE")
MAY_STAY_AFTER_REFUSAL = "throttle"  # counting attempts is the point of refusing them


class AuditingClient(FlaskClient):
    """Signs in, sends CSRF tokens by itself, keeps the statements of the last request, and audits pages."""

    statements: list[str]

    def sign_in(self, person: Person) -> AuditingClient:
        """Continue as a person."""
        with self.session_transaction() as session:
            moment = clock.now().timestamp()
            own = {"id": secrets.token_urlsafe(16), "since": moment, "seen": moment}
            session.update({"_user_id": person.get_id(), "_fresh": True, **own})
        return self

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Make a request as a browser would, and audit what comes of it; audit=False looks at no page."""
        audits = kwargs.pop("audit", True)
        unsafe = kwargs.get("method", "GET") not in {"GET", "HEAD", "OPTIONS"}
        if unsafe and kwargs.pop("csrf", True):
            kwargs["headers"] = {**dict(kwargs.get("headers") or {}), "X-CSRFToken": self._token()}
        with transaction():  # what the test has prepared is committed before somebody else reads it
            pass
        for name in list(g):  # the tests' own app context outlives a request: g would remember who asked before
            g.pop(name)
        watch = Watch()
        with watch:
            answer = super().open(*args, **kwargs)
        self.statements = watch.statements
        db.session.expire_all()
        if unsafe:
            watch.check_refusal(answer)
        else:
            watch.check_reading(answer)
        has_page = answer.mimetype == "text/html" and answer.status_code not in {301, 302, 303}
        if audits and has_page and kwargs.get("method") not in {"HEAD", "OPTIONS"}:
            audit_page(answer, is_fragment="HX-Request" in dict(kwargs.get("headers") or {}))
        return answer

    def _token(self) -> str:
        with self.session_transaction() as session:
            session["csrf_token"] = RAW_TOKEN
        app: Flask = self.application
        return URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(RAW_TOKEN)  # type: ignore[arg-type]

    def soup(self, *args: Any, **kwargs: Any) -> BeautifulSoup:
        """Get a page and parse it."""
        answer = self.get(*args, **kwargs)
        assert answer.status_code == 200, f"{answer.status_code} for {args}"
        return BeautifulSoup(answer.text, "html.parser")


class Watch:
    """Hears every statement of a request."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.rolled_back = False

    def __enter__(self) -> Watch:
        event.listen(Engine, "before_cursor_execute", self._heard)
        event.listen(Engine, "rollback_savepoint", self._undone)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._heard)
        event.remove(Engine, "rollback_savepoint", self._undone)

    def _heard(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            self.statements.append(statement)

    def _undone(self, *_: Any) -> None:
        self.rolled_back = True

    def check_reading(self, answer: TestResponse) -> None:
        """A page that is read changes nothing."""
        written = [s for s in self.statements if s.lstrip().upper().startswith(WRITES)]
        assert not written, f"GET {answer.request.path} wrote: {written}"

    def check_refusal(self, answer: TestResponse) -> None:
        """What was refused has changed nothing."""
        if answer.status_code < 400 or self.rolled_back:
            return
        written = [
            s for s in self.statements if s.lstrip().upper().startswith(WRITES) and MAY_STAY_AFTER_REFUSAL not in s
        ]
        assert not written, f"{answer.status_code} from {answer.request.path} wrote: {written}"


def audit_page(answer: TestResponse, *, is_fragment: bool) -> None:
    """Check what every page owes its reader."""
    path = answer.request.path
    soup = BeautifulSoup(answer.text, "html.parser")
    ids = Counter(element["id"] for element in soup.find_all(id=True))
    assert not [name for name, count in ids.items() if count > 1], f"{path}: an id occurs twice: {ids.most_common(3)}"
    assert not soup.find_all(style=True), f"{path}: inline style"
    policy = answer.headers["Content-Security-Policy"]
    for element in soup.find_all(lambda tag: any(name.startswith("hx-") for name in tag.attrs)):
        assert element.get("hx-nonce"), f"{path}: hx without a nonce: {element.name}"
        assert f"'nonce-{element['hx-nonce']}'" in policy, f"{path}: another nonce than the policy's"
    for form in soup.find_all("form"):
        check_form(form, path)
    for field in soup.find_all(["input", "textarea", "select"]):
        if field.get("type") not in {"hidden", "submit", "button", "image"}:
            assert has_label(field, soup), f"{path}: no label for {field}"
    for image in soup.find_all("img"):
        assert image.has_attr("alt"), f"{path}: an image without a text: {image}"
    if not is_fragment:
        audit_document(soup, path)


def check_form(form: Any, path: str) -> None:
    """A form works without scripts, and a change carries its token."""
    assert form.get("method") in {"get", "post", "dialog"}, f"{path}: a form without a method"
    assert form.get("action") or form["method"] == "dialog", f"{path}: a form without an action"
    if form["method"] == "post":
        assert form.find("input", {"name": "csrf_token"}), f"{path}: a form without a token: {form.get('action')}"


def has_label(field: Any, soup: BeautifulSoup) -> bool:
    """Tell whether a field says what it is for."""
    if field.get("aria-label") or field.get("aria-labelledby"):
        return True
    return bool(field.find_parent("label") or (field.get("id") and soup.find("label", {"for": field["id"]})))


def audit_document(soup: BeautifulSoup, path: str) -> None:
    """Check the frame of a whole page."""
    assert soup.html, f"{path}: no document"
    assert soup.html.get("lang") in {"nn", "nb", "en"}, f"{path}: no language"
    assert len(soup.find_all("h1")) == 1, f"{path}: {len(soup.find_all('h1'))} h1"
    assert soup.title, f"{path}: no title"
    assert soup.title.get_text(strip=True), f"{path}: an empty title"
    assert soup.find("main"), f"{path}: no main"
