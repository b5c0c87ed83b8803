from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.blueprints.people.models import OneTimeLink, Person
from portal.blueprints.people.rules import Role
from portal.core.audit import AuditEntry
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.people import make_person

Browse = Callable[[Person], AuditingClient]
UNTICKED = {"submit": "1"}  # a browser sends its token in the form, so that a form with nothing ticked is not empty


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/styring/folk/"),
        ("GET", "/styring/folk/{id}"),
        ("POST", "/styring/folk/{id}"),
        ("POST", "/styring/folk/{id}/lenkje"),
        ("POST", "/styring/folk/{id}/sluttar"),
        ("POST", "/styring/folk/{id}/tilbake"),
    ],
)
def test_only_administrators_look_after_people(
    browse: Browse, didrik: Person, otto: Person, anne: Person, method: str, path: str
) -> None:
    form = {"roles": "administrator"} if method == "POST" else None
    for person in (didrik, otto):
        for target in (anne, person):
            answer = browse(person).open(path.format(id=target.id), method=method, data=form)
            assert answer.status_code == 403
    assert (anne.roles, didrik.roles) == ({Role.COLLEAGUE}, {Role.COLLEAGUE})
    assert db.session.scalar(select(func.count()).select_from(OneTimeLink)) == 0


def test_the_staff_page_shows_also_those_who_have_left(browse: Browse, carla: Person) -> None:
    with transaction():
        make_person("Gamle Erik", is_active=False)
    assert "Gamle Erik" in browse(carla).get("/styring/folk/").text
    assert "Gamle Erik" in browse(carla).get("/styring/folk/?q=erik").text


def test_roles_are_given_and_taken_and_written_down(browse: Browse, carla: Person, anne: Person) -> None:
    browser = browse(carla)
    assert browser.post(f"/styring/folk/{anne.id}", data={"roles": ["organiser", "peer_supporter"]}).status_code == 303
    assert anne.roles == {Role.COLLEAGUE, Role.ORGANISER, Role.PEER_SUPPORTER}
    page = browser.soup(f"/styring/folk/{anne.id}")
    ticked = {box["value"] for box in page.select("input[name=roles][checked]")}
    assert ticked == {"organiser", "peer_supporter"}
    browser.post(f"/styring/folk/{anne.id}", data=UNTICKED)
    assert anne.roles == {Role.COLLEAGUE}
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.act == "people.roles").order_by(AuditEntry.id)
    ).all()
    assert [entry.ids["roles"] for entry in entries] == ["colleague,organiser,peer_supporter", "colleague"]
    assert {entry.viewer_id for entry in entries} == {carla.id}


@pytest.mark.parametrize("roles", [["boss"], ["administrator", "boss"], ["colleague"], [",administrator,"]])
def test_a_role_that_is_not_offered_is_refused(browse: Browse, carla: Person, anne: Person, roles: list[str]) -> None:
    assert browse(carla).post(f"/styring/folk/{anne.id}", data={"roles": roles}).status_code == 422
    assert anne.roles == {Role.COLLEAGUE}


def test_the_last_administrator_stays(browse: Browse, carla: Person) -> None:
    browser = browse(carla)
    refused = browser.post(f"/styring/folk/{carla.id}", data=UNTICKED)
    assert refused.status_code == 422
    assert "Somebody must run the place" in refused.text
    refused = browser.post(f"/styring/folk/{carla.id}/sluttar")
    assert refused.status_code == 409
    assert "Somebody must run the place" in refused.text
    assert browser.get("/styring/folk/").status_code == 200


def test_a_link_is_shown_once_and_stored_as_a_digest(app: Flask, browse: Browse, carla: Person, anne: Person) -> None:
    browser = browse(carla)
    answer = browser.post(f"/styring/folk/{anne.id}/lenkje")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    (secret,) = set(re.findall(r"http://localhost/lenkje/([\w-]{43})", answer.text))
    assert secret not in browser.get(f"/styring/folk/{anne.id}").text
    assert secret not in browser.get("/styring/logg").text
    assert app.test_client().get(f"/lenkje/{secret}").status_code == 200


def test_the_link_is_made_of_our_own_address_whatever_the_request_says(
    browse: Browse, carla: Person, anne: Person
) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"}
    answer = browse(carla).post(f"/styring/folk/{anne.id}/lenkje", headers=headers)
    assert "http://localhost/lenkje/" in answer.text
    assert "evil" not in answer.text


def test_a_closed_account_can_be_opened_again(browse: Browse, carla: Person, anne: Person) -> None:
    browser = browse(carla)
    assert browser.post(f"/styring/folk/{anne.id}/sluttar").status_code == 303
    assert not anne.is_active
    assert "Open the account again" in browser.get(f"/styring/folk/{anne.id}").text
    assert browser.post(f"/styring/folk/{anne.id}/tilbake").status_code == 303
    assert anne.is_active


@pytest.mark.parametrize("path", ["", "/lenkje", "/sluttar", "/tilbake"])
def test_a_person_who_does_not_exist_is_not_found(browse: Browse, carla: Person, path: str) -> None:
    assert browse(carla).post(f"/styring/folk/{carla.id + 99}{path}").status_code == 404
