"""The administrators' page, and the names to choose from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.blueprints.people.models import Person
from portal.blueprints.references import queries, views
from portal.blueprints.references.models import ReferencePattern
from portal.core import throttle
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.knowledge import make_article
from tests.factories.people import make_person
from tests.factories.questions import make_answer, make_question
from tests.factories.references import make_pattern
from tests.references.test_service import register_tags

Browse = Callable[[Person], AuditingClient]
PIECE = {"HX-Request": "true"}
ROOT = "/styring/tilvisingar"
FORM = {
    "name": "Utstyr",
    "pattern": r"PC-(?P<number>[0-9]{5})",
    "url": "https://utstyr.example/{number}",
    "case_text": ["Skjermen på PC-10482 og PC-10483", "PC-1", ""],
    "case_links": ["https://utstyr.example/10482\r\nPC-10483", "", ""],
}


def find(name: str) -> ReferencePattern | None:
    return db.session.scalar(select(ReferencePattern).where(ReferencePattern.name == name))


class TestPatterns:
    def test_a_pattern_is_added_with_its_test_cases(self, browse: Browse, carla: Person) -> None:
        client = browse(carla)
        assert client.post(ROOT, data=FORM).status_code == 303
        page = client.soup(ROOT).get_text(" ", strip=True)
        assert "Utstyr" in page
        assert "https://utstyr.example/10482" in page
        assert "Saved. It holds from the next page on." in page
        kept = find("Utstyr")
        assert kept
        assert [case.links for case in kept.cases] == [("https://utstyr.example/10482", "PC-10483"), ()]

    def test_what_does_not_come_out_as_expected_is_refused_with_what_came(self, browse: Browse, carla: Person) -> None:
        client = browse(carla)
        answer = client.post(ROOT, data={**FORM, "case_links": ["https://utstyr.example/99999", "", ""]})
        assert answer.status_code == 422
        assert "A test case does not come out as expected. Nothing has been saved." in answer.text
        assert "Not as expected" in answer.text
        assert "https://utstyr.example/10482" in answer.text  # what came
        assert "Skjermen på PC-10482 og PC-10483" in answer.text  # the text is kept
        assert 'value="https://utstyr.example/{number}"' in answer.text
        assert find("Utstyr") is None

    def test_test_cases_are_tried_without_saving(self, browse: Browse, carla: Person) -> None:
        client = browse(carla)
        answer = client.post(ROOT, data={**FORM, "act": "try"})
        assert answer.status_code == 200
        assert answer.text.count("As expected") == 2
        assert find("Utstyr") is None

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("name", "", "Give the pattern a name."),
            ("pattern", "", "Write what the number looks like."),
            ("pattern", "PC-(", "missing )"),
            ("pattern", "(?<=a)b", "This pattern cannot be read"),
            ("pattern", "x*", "content with nothing"),
            ("pattern", "x" * 301, "300"),
            ("url", "javascript:alert(1)", "Write an address with https://"),
            ("url", "https://utstyr.example/{serial}", "a place that the pattern has no group for"),
            ("case_text", ["PC-1"], "at least one test case"),
        ],
    )
    def test_what_is_wrong_is_said_and_the_text_kept(
        self, browse: Browse, carla: Person, field: str, value: object, words: str
    ) -> None:
        form = {**FORM, "case_links": [""], field: value} if field == "case_text" else {**FORM, field: value}
        answer = browse(carla).post(ROOT, data=form)
        assert answer.status_code == 422
        assert words in answer.text
        assert "PC-1" in answer.text
        assert find("Utstyr") is None

    def test_a_pattern_is_changed_and_its_cases_stand_in_the_form(self, browse: Browse, carla: Person) -> None:
        pattern = make_pattern(carla)
        client = browse(carla)
        page = client.soup(f"{ROOT}/{pattern.id}")
        assert [field["value"] for field in page.select("[name=case_text]")] == ["PC-10482", "", "", ""]
        assert page.select("[name=case_links]")[0].get_text(strip=True) == "https://utstyr.example/10482"
        assert client.post(f"{ROOT}/{pattern.id}", data={**FORM, "name": "Maskiner"}).status_code == 303
        assert find("Maskiner")
        assert client.post(f"{ROOT}/{pattern.id}", data={**FORM, "name": "Saker"}).status_code == 422

    def test_patterns_are_ordered_switched_and_removed(self, browse: Browse, carla: Person) -> None:
        pattern = make_pattern(carla)
        client = browse(carla)
        client.post(f"{ROOT}/{pattern.id}/plass", data={"way": "up"})
        assert [each.name for each in queries.all_patterns()] == ["Kunnskapsartiklar", "Utstyr", "Saker"]
        client.post(f"{ROOT}/{pattern.id}/bruk", data={"on": "0"})
        assert "Switched off" in client.get(ROOT).text
        client.post(f"{ROOT}/{pattern.id}/bruk", data={"on": "1"})
        assert "Switched off" not in client.get(ROOT).text
        client.post(f"{ROOT}/{pattern.id}/fjerning")
        assert find("Utstyr") is None

    def test_the_page_says_what_a_pattern_waits_for(self, browse: Browse, carla: Person) -> None:
        assert "PORTAL_CASE_URL" in browse(carla).get(ROOT).text

    def test_a_test_case_that_has_become_wrong_shows(self, browse: Browse, carla: Person) -> None:
        pattern = make_pattern(carla)
        with transaction():
            db.session.get_one(ReferencePattern, pattern.id).url = "https://flytta.example/{number}"
        assert "Not as expected" in browse(carla).get(ROOT).text

    def test_a_text_is_tried_and_comes_back_with_its_links(self, browse: Browse, carla: Person) -> None:
        client = browse(carla)
        answer = client.post(f"{ROOT}/proving", data={"text": "Sjå KB0001234 og `KB0001235` <script>"})
        assert answer.status_code == 200
        assert '<a href="/kunnskap/KB0001234">KB0001234</a>' in answer.text
        assert "/kunnskap/KB0001235" not in answer.text.replace("Sjå KB0001234 og `KB0001235`", "")
        assert "Nothing in this text becomes a link." in client.post(f"{ROOT}/proving", data={"text": "hei"}).text
        assert client.post(f"{ROOT}/proving", data={"text": "x" * 9_000}).status_code == 422

    def test_a_list_of_patterns_costs_no_more_when_it_grows(self, browse: Browse, carla: Person) -> None:
        client = browse(carla)
        client.get(ROOT)
        few = len(client.statements)
        for number in range(9):
            make_pattern(carla, name=f"Nr. {number}")
        client.get(ROOT)
        assert len(client.statements) == few

    def test_others_are_refused(self, browse: Browse, didrik: Person, otto: Person, carla: Person) -> None:
        pattern = make_pattern(carla)
        for person in (didrik, otto):
            client = browse(person)
            for path in (ROOT, f"{ROOT}/ny", f"{ROOT}/{pattern.id}"):
                assert client.get(path).status_code == 403
            for path in (ROOT, f"{ROOT}/{pattern.id}", f"{ROOT}/{pattern.id}/fjerning", f"{ROOT}/proving"):
                assert client.post(path, data=FORM).status_code == 403

    @pytest.mark.parametrize("path", ["bruk", "plass", "fjerning"])
    def test_a_pattern_that_is_gone_is_not_found(self, browse: Browse, carla: Person, path: str) -> None:
        assert browse(carla).post(f"{ROOT}/99999/{path}").status_code == 404
        assert browse(carla).get(f"{ROOT}/99999").status_code == 404


class TestNames:
    def test_people_and_tags_are_offered_as_one_writes(
        self, browse: Browse, anne: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        register_tags(monkeypatch, "askeladden")
        answer = browse(anne).get("/nemning?q=ask")
        assert answer.mimetype == "application/json"
        assert answer.json == [
            {"insert": f"@{anne.username}", "label": "Anne Askeland", "detail": "colleague"},
            {"insert": "@askeladden", "label": "Citrix", "detail": "tag"},
        ]

    def test_no_more_than_eight_and_no_addresses(self, browse: Browse, anne: Person) -> None:
        with transaction():
            for number in range(12):
                make_person(f"Kari Nr{number}")
        answer = browse(anne).get("/nemning?q=@kari")
        assert len(answer.json) == 8
        assert "tunet.example" not in answer.text
        assert len(browse(anne).get("/nemning").json) == 8

    def test_whoever_has_left_is_not_offered(self, browse: Browse, anne: Person, bjarne: Person) -> None:
        with transaction():
            db.session.get_one(Person, bjarne.id).is_active = False
        assert browse(anne).get("/nemning?q=bjarne").json == []

    @pytest.mark.parametrize("typed", ["%", "_", "\\", "'", "<script>", "x" * 5_000, "\u202e", "(", "%ff"])
    def test_odd_signs_find_nothing(self, browse: Browse, anne: Person, typed: str) -> None:
        answer = browse(anne).get("/nemning", query_string={"q": typed})
        assert answer.status_code == 200
        assert answer.json == []

    def test_a_letter_costs_two_questions(self, browse: Browse, anne: Person) -> None:
        client = browse(anne)
        client.get("/nemning?q=a")
        client.get("/nemning?q=an")
        assert len(client.statements) == 2  # who asks, and whether anything has changed

    def test_strangers_are_sent_to_the_door(self, client: AuditingClient) -> None:
        assert client.get("/nemning?q=a").status_code == 303

    def test_there_is_an_end_to_how_often_one_may_ask(
        self,
        browse: Browse,
        anne: Person,
        bjarne: Person,
        at: Callable[[datetime], None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(throttle, "_seen", {})
        monkeypatch.setattr(views, "ASKED_PER_MINUTE", 3)
        at(datetime(2026, 11, 23, 9, 0, 10, tzinfo=UTC))
        client = browse(anne)
        assert [client.get("/nemning?q=a").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
        assert browse(bjarne).get("/nemning?q=a").status_code == 200
        at(datetime(2026, 11, 23, 9, 1, 10, tzinfo=UTC))
        assert client.get("/nemning?q=a").status_code == 200


def test_questions_answers_previews_and_articles_show_the_links(browse: Browse, anne: Person, bjarne: Person) -> None:
    client = browse(anne)
    body = f"Sjå KB0001234, @{bjarne.username}"
    with transaction():
        question = make_question(anne, body=body)
        make_answer(bjarne, question, body)
        article = make_article(body=body)
    links = f'<a href="/kunnskap/KB0001234">KB0001234</a>, <a href="/folk/{bjarne.id}" title="Bjarne Svartveit">'
    assert client.get(f"/sporsmal/{question.id}").text.count(links) == 2
    assert client.get(f"/kunnskap/{article.number}").text.count(links) == 1
    assert client.post("/sporsmal/forhandsvising", data={"body": body}, headers=PIECE).text.count(links) == 1
