"""How often one person may press, look something up, and take along what is theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.service import posting
from portal.core.db import db, transaction
from portal.web import bounds
from tests.client import AuditingClient
from tests.factories.knowledge import make_article
from tests.factories.questions import make_question

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]
NOON = datetime(2026, 11, 26, 12, 0, 20, tzinfo=UTC)
WRITTEN = "It blinks.\n\n«Three» times, & then <never> again."


@pytest.fixture(autouse=True)
def noon(at: At) -> None:
    at(NOON)


def press(browser: AuditingClient, **words: object) -> int:
    return browser.post("/utsjaanad", data={"theme": "dark"}, **words).status_code


def test_whoever_presses_without_end_is_asked_to_wait_and_nobody_else_is(
    browse: Browse, anne: Person, bjarne: Person, at: At
) -> None:
    browser = browse(anne)
    assert {press(browser) for _ in range(bounds.PRESSES_PER_MINUTE)} == {303}
    refused = browser.post("/utsjaanad", data={"theme": "light"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "40")
    assert anne.theme == "dark"
    assert browser.get("/").status_code == 200
    assert press(browse(bjarne)) == 303
    at(NOON + timedelta(minutes=1))
    assert press(browser) == 303


def test_one_bound_holds_for_all_presses_and_for_every_way_in(
    browse: Browse, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "PRESSES_PER_MINUTE", 2)
    with transaction():
        question = make_question(anne)
    here, there = browse(anne), browse(anne)
    assert press(here) == 303
    assert there.post(f"/sporsmal/{question.id}/fylgjing").status_code != 429
    assert press(here) == press(there) == 429
    assert press(here, headers={"Accept": "application/json"}) == 429


def test_a_press_too_many_asks_the_database_for_no_lock(
    browse: Browse, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "PRESSES_PER_MINUTE", 0)
    browser = browse(anne)
    assert press(browser, headers={"HX-Request": "true"}) == 429
    assert not [statement for statement in browser.statements if not statement.lstrip().startswith("SELECT")]


def test_what_was_written_comes_back_to_be_sent_again(
    browse: Browse, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browse(anne)
    monkeypatch.setattr(bounds, "PRESSES_PER_MINUTE", 0)
    answer = browser.post("/sporsmal/nytt?tag=utskrift", data={"title": "The printer", "body": WRITTEN, "tags": ["a"]})
    form = BeautifulSoup(answer.text, "html.parser").select_one("main form")
    assert answer.status_code == 429
    assert form
    assert form["action"] == "/sporsmal/nytt?tag=utskrift"
    sent = {field["name"]: field["value"] for field in form.select("input[name]")}
    assert sent.pop("csrf_token")
    assert sent == {"title": "The printer", "body": WRITTEN, "tags": "a"}
    monkeypatch.undo()
    assert browser.post(form["action"], data={"title": sent["title"], "body": sent["body"]}).status_code == 303
    assert db.session.scalars(select(Question.title)).all() == ["The printer"]


def test_a_bound_of_a_slice_keeps_what_was_written_too(
    browse: Browse, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "POSTS_PER_HOUR", 0)
    answer = browse(anne).post("/sporsmal/nytt", data={"title": "The printer"})
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 429
    assert page.select_one('main form input[name="title"][value="The printer"]')
    assert not db.session.scalar(select(func.count()).select_from(Question))


def test_where_a_piece_was_asked_for_it_is_said_in_the_corner_and_the_form_stays(
    browse: Browse, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "PRESSES_PER_MINUTE", 0)
    answer = browse(anne).post("/sporsmal/nytt", data={"title": "The printer"}, headers={"HX-Request": "true"})
    assert answer.status_code == 429
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#toast", "beforeend")
    assert "That was a lot at once" in answer.text
    assert "<form" not in answer.text


def test_a_password_is_never_written_on_a_page(browse: Browse, anne: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "PRESSES_PER_MINUTE", 0)
    answer = browse(anne).post("/meg/passord", data={"old": "the old secret 1", "password": "the new secret 2"})
    assert answer.status_code == 429
    assert "secret" not in answer.text


def test_looking_things_up_is_bounded_over_all_that_looks(
    browse: Browse, anne: Person, bjarne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction():
        question = make_question(anne)
    article = make_article()
    piece = {"HX-Request": "true"}
    looks = [
        ("/sok?q=printer", {}),
        ("/sok/framlegg?q=printer", piece),
        ("/sporsmal/liknande?title=printer", piece),
        ("/sporsmal?q=printer", {}),
        (f"/sporsmal/{question.id}/duplikat/liknande?q=printer", piece),
        (f"/kunnskap/{article.number}", {}),
    ]
    browser = browse(anne)
    monkeypatch.setattr(bounds, "LOOK_UPS_PER_MINUTE", len(looks))
    assert [browser.get(url, headers=headers).status_code for url, headers in looks] == [200] * len(looks)
    assert [browser.get(url, headers=headers).status_code for url, headers in looks] == [429] * len(looks)
    assert browser.get("/sporsmal").status_code == browser.get("/sok").status_code == 200
    assert browse(bjarne).get("/sok?q=printer").status_code == 200


def test_ones_own_words_are_taken_along_a_few_times_an_hour(
    browse: Browse, anne: Person, bjarne: Person, at: At
) -> None:
    browser = browse(anne)
    for number in range(bounds.TAKEN_PER_HOUR):
        assert browser.get(f"/sporsmal/mine-innlegg.{('json', 'md')[number % 2]}").status_code == 200
    assert browser.get("/sporsmal/mine-innlegg.json").status_code == 429
    assert browser.get("/sporsmal/mine-innlegg.md").status_code == 429
    assert browse(bjarne).get("/sporsmal/mine-innlegg.md").status_code == 200
    at(NOON + timedelta(hours=1))
    assert browser.get("/sporsmal/mine-innlegg.md").status_code == 200
