"""Ids of others: what is not yours is not there, in every way of asking; and what belongs together stays together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Answer
from portal.blueprints.questions.service import moderation
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.checkins import SECRET, make_checkin
from tests.factories.questions import make_answer, make_question
from tests.security.routes import routes

Browse = Callable[[Person], AuditingClient]


def test_a_confidence_is_on_no_page_of_anybody_it_was_not_for(
    app: Flask, browse: Browse, didrik: Person, carla: Person, yard: dict[str, Any]
) -> None:
    """Neither administrators nor colleagues; not by search, by front page, by inbox, by the audit log."""
    for person in (didrik, carla):
        browser = browse(person)
        for route in routes(app, yard):
            if route.method == "GET":
                for headers in ({}, {"HX-Request": "true"}):
                    answer = browser.get(route.path, headers=headers, audit=False, buffered=True)
                    assert SECRET not in answer.get_data(as_text=True), f"{person.name}: {route}"
        assert SECRET not in browser.get("/sok?q=akuttmottaket", audit=False).text


@pytest.mark.parametrize("noun", ["", "/lesar", "/sletting"])
def test_another_persons_check_in_is_not_there(
    browse: Browse, anne: Person, didrik: Person, carla: Person, noun: str
) -> None:
    checkin = make_checkin(anne)
    for person in (didrik, carla):
        method = "POST" if noun else "GET"
        answer = browse(person).open(f"/pusterom/innsjekk/{checkin.id}{noun}", method=method, data={"audience": "me"})
        assert answer.status_code == 404
    assert db.session.scalar(select(func.count()).select_from(CheckIn)) == 1


def test_the_one_who_may_read_may_not_change(browse: Browse, anne: Person, bjarne: Person) -> None:
    checkin = make_checkin(anne, reader=bjarne)
    url = f"/pusterom/innsjekk/{checkin.id}"
    assert browse(bjarne).get(url).status_code == 200
    for noun in ("/lesar", "/sletting"):
        assert browse(bjarne).post(url + noun, data={"audience": "me"}).status_code in {403, 404}


@pytest.mark.parametrize("noun", ["takk", "loysing", "endring"])
def test_an_answer_of_another_question_is_not_there(browse: Browse, anne: Person, bjarne: Person, noun: str) -> None:
    with transaction():
        mine, other = make_question(anne), make_question(bjarne, title="Another")
        answer = make_answer(anne, other)
    posted = browse(anne).post(
        f"/sporsmal/{mine.id}/svar/{answer.id}/{noun}", data={"body": "x", "on": "1", "version": 1}
    )
    assert posted.status_code == 404
    assert db.session.get_one(Answer, answer.id).body != "x"


def test_a_hidden_question_is_gone_from_every_side(
    app: Flask, browse: Browse, didrik: Person, carla: Person, anne: Person
) -> None:
    canary = "kanariquestion"
    with transaction():
        question = make_question(anne, title=canary, body=canary)
        answer = make_answer(anne, question, body=canary)
        moderation.hide(carla, question.id, hidden=True)
    browser = browse(didrik)
    ids = {"question_id": question.id, "answer_id": answer.id}
    for route in routes(app, ids):
        if route.method == "GET":
            for headers in ({}, {"HX-Request": "true"}):
                shown = browser.get(route.path, headers=headers, audit=False, buffered=True).get_data(as_text=True)
                assert canary not in shown, route
        elif "question_id" in str(app.url_map._rules_by_endpoint[route.endpoint][0]):
            form = {"body": "x", "title": "x", "on": "1", "version": "1"}
            assert browser.open(route.path, method="POST", data=form, audit=False).status_code in {403, 404}, route
    for path in (f"/sok?q={canary}", f"/sok/framlegg?q={canary[:6]}", f"/sporsmal/liknande?title={canary}"):
        found = browser.get(path, headers={"HX-Request": "true"}, audit=False).text
        assert f"/sporsmal/{question.id}" not in found, path


def test_another_persons_notice_cannot_be_opened(browse: Browse, anne: Person, bjarne: Person, didrik: Person) -> None:
    with transaction():
        make_answer(bjarne, make_question(anne))
    notice = db.session.scalars(select(Notice).where(Notice.person_id == anne.id)).one()
    assert browse(didrik).post(f"/varsel/{notice.id}/opna").status_code == 404
    assert browse(anne).post(f"/varsel/{notice.id}/opna").status_code == 303
