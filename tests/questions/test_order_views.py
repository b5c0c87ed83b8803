"""The pages that keep order, without scripts; and Didrik, who is refused everywhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.questions.models.flags import Flag
from portal.blueprints.questions.models.posts import Answer, Comment, Question
from portal.blueprints.questions.models.transfers import Transfer
from portal.blueprints.questions.rules.order import REMOVED, Reason
from portal.blueprints.questions.service import commenting, duplicates, flagging, moderation
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.knowledge import make_article
from tests.factories.people import make_person
from tests.factories.questions import make_answer, make_question

Browse = Callable[[Person], AuditingClient]


@pytest.fixture
def question(anne: Person) -> Question:
    with transaction():
        return make_question(anne, "The printer sulks", body="Since noon.")


@pytest.fixture
def other(bjarne: Person) -> Question:
    with transaction():
        return make_question(bjarne, "Printer offline in the ward")


@pytest.fixture
def answer(question: Question, bjarne: Person) -> Answer:
    with transaction():
        return make_answer(bjarne, question, "Restart the spooler.")


class TestDuplicates:
    def test_the_asker_merges_with_one_press_and_takes_it_back_with_another(
        self, browse: Browse, anne: Person, didrik: Person, question: Question, other: Question, answer: Answer
    ) -> None:
        browser = browse(anne)
        page = browser.soup(f"/sporsmal/{question.id}/duplikat")
        assert page.select_one(f'#originals input[value="{other.id}"]')
        merged = browser.post(f"/sporsmal/{question.id}/duplikat", data={"original": str(other.id)})
        assert merged.location == f"/sporsmal/{other.id}"
        old, new = browse(didrik).soup(f"/sporsmal/{question.id}"), browse(didrik).soup(f"/sporsmal/{other.id}")
        assert "This was asked before" in old.text
        assert old.select_one(f'.ds-alert a[href="/sporsmal/{other.id}"]')
        assert not old.select_one("#answer-form, form[action$='/folgjing'], form[action$='/undring']")
        assert not old.select_one('form[action$="/duplikat/angring"]')
        assert new.select_one(f'details a[href="/sporsmal/{question.id}"]')
        assert new.select_one(f'#svar-{answer.id} a[href="/sporsmal/{question.id}"]')
        browser.post(f"/sporsmal/{question.id}/duplikat/angring")
        assert browser.soup(f"/sporsmal/{question.id}").select_one(f"#svar-{answer.id}")

    def test_the_picker_works_as_a_page_and_as_a_piece_of_it(
        self, browse: Browse, anne: Person, question: Question, other: Question
    ) -> None:
        browser = browse(anne)
        url = f"/sporsmal/{question.id}/duplikat/liknande?q=offline+ward"
        piece = browser.get(url, headers={"HX-Request": "true"})
        assert piece.text.count('name="original"') == 1
        assert len(browser.statements) <= 14, browser.statements
        assert browser.get(url).location == f"/sporsmal/{question.id}/duplikat"
        assert browser.soup(f"/sporsmal/{question.id}/duplikat?q=offline").select_one(f'input[value="{other.id}"]')

    @pytest.mark.parametrize("words", ["/sporsmal/{}", "http://localhost/sporsmal/{}#svar-1", " #{} "])
    def test_a_number_or_a_link_will_do(
        self, browse: Browse, anne: Person, question: Question, other: Question, words: str
    ) -> None:
        browse(anne).post(f"/sporsmal/{question.id}/duplikat", data={"original": words.format(other.id)})
        assert db.session.get_one(Question, question.id).duplicate_of_id == other.id

    @pytest.mark.parametrize("words", ["", "that one", "999999", "99999999999", "KB99999", "/sporsmal/x"])
    def test_what_is_no_question_comes_back_with_words(
        self, browse: Browse, anne: Person, question: Question, words: str
    ) -> None:
        answer = browse(anne).post(f"/sporsmal/{question.id}/duplikat", data={"original": words})
        assert answer.status_code == 422
        assert words in answer.text

    def test_an_article_is_named_by_its_number(self, browse: Browse, anne: Person, question: Question) -> None:
        with transaction():
            article = make_article(title="How printers work")
        browse(anne).post(f"/sporsmal/{question.id}/duplikat", data={"original": article.number.lower()})
        page = browse(anne).soup(f"/sporsmal/{question.id}")
        assert "How printers work" in page.select_one(".ds-alert").text  # type: ignore[union-attr]

    def test_articles_stand_in_the_picker_with_their_numbers(
        self, browse: Browse, anne: Person, question: Question
    ) -> None:
        article = make_article(title="When the printer sulks")
        page = browse(anne).soup(f"/sporsmal/{question.id}/duplikat?q=printer+sulks")
        assert page.select_one(f'#originals input[value="{article.number}"]')

    def test_anybody_suggests_and_the_asker_decides_without_hearing_who(
        self, browse: Browse, anne: Person, didrik: Person, question: Question, other: Question
    ) -> None:
        suggested = browse(didrik).post(f"/sporsmal/{question.id}/duplikat", data={"original": str(other.id)})
        assert suggested.location == f"/sporsmal/{question.id}"
        assert db.session.get_one(Question, question.id).duplicate_of_id is None
        flag = db.session.scalars(select(Flag)).one()
        url = f"/sporsmal/{question.id}/framlegg/{flag.id}"
        assert url not in browse(didrik).get(f"/sporsmal/{question.id}").text
        page = browse(anne).get(f"/sporsmal/{question.id}").text
        assert url in page
        assert didrik.name not in page
        assert browse(didrik).post(url, data={"on": "1"}).status_code == 403
        assert browse(anne).post(f"/sporsmal/{other.id}/framlegg/{flag.id}", data={"on": "1"}).status_code == 404
        browse(anne).post(url, data={"on": "1"})
        assert db.session.get_one(Question, question.id).duplicate_of_id == other.id

    def test_peer_supporters_may_merge(self, browse: Browse, question: Question, other: Question) -> None:
        with transaction():
            peer = make_person(roles={Role.PEER_SUPPORTER})
        browse(peer).post(f"/sporsmal/{question.id}/duplikat", data={"original": str(other.id)})
        assert db.session.get_one(Question, question.id).duplicate_of_id == other.id

    def test_who_wrote_an_answer_on_the_old_page_lands_where_it_stands(
        self, browse: Browse, bjarne: Person, anne: Person, question: Question, other: Question, answer: Answer
    ) -> None:
        browser = browse(bjarne)
        with transaction():
            duplicates.mark(anne, question.id, original_id=other.id)
        sent = browser.post(f"/sporsmal/{question.id}/svar", data={"body": "Late, but here"})
        assert sent.location.startswith(f"/sporsmal/{other.id}#svar-")
        edited = browser.post(
            f"/sporsmal/{question.id}/svar/{answer.id}/endring", data={"body": "Restart it twice.", "version": "1"}
        )
        assert edited.location == f"/sporsmal/{other.id}#svar-{answer.id}"
        assert browser.post(f"/sporsmal/{question.id}/svar", data={"body": ""}).status_code == 422

    def test_the_pages_of_a_merged_thread_have_their_ceiling(
        self, browse: Browse, anne: Person, bjarne: Person, question: Question, other: Question
    ) -> None:
        browser = browse(bjarne)
        with transaction():
            for number in range(8):
                again = make_question(anne, f"Again {number}")
                duplicates.mark(anne, again.id, original_id=other.id)
                flagging.suggest(anne, other.id, original_id=question.id) if number == 0 else None
        browser.get(f"/sporsmal/{other.id}", headers={"HX-Request": "true"})
        assert len(browser.statements) <= 24, browser.statements


class TestTidying:
    def test_a_page_with_a_box_before_each_post(
        self, browse: Browse, carla: Person, bjarne: Person, question: Question, other: Question, answer: Answer
    ) -> None:
        with transaction():
            remark = commenting.comment(bjarne, question.id, answer_id=answer.id, body="By the way")
        browser, url = browse(carla), f"/sporsmal/{question.id}/rydding"
        assert url in browser.get(f"/sporsmal/{question.id}").text
        page = browser.soup(url)
        chosen = [box["value"] for box in page.select('input[name="chosen"]')]
        assert chosen == [f"answer-{answer.id}", f"comment-{remark.id}"]
        assert len(browser.statements) <= 14
        assert browser.post(f"{url}/goyming", data={"chosen": chosen, "on": "1"}).location == url
        assert db.session.get_one(Answer, answer.id).is_hidden
        browser.post(f"{url}/goyming", data={"chosen": chosen, "on": "0"})
        browser.post(f"{url}/omgjering", data={"chosen": [f"comment-{remark.id}"]})
        assert db.session.scalar(select(func.count()).where(Answer.question_id == question.id)) == 2
        browser.post(f"{url}/flytting", data={"chosen": chosen[:1], "target": f"/sporsmal/{other.id}"})
        assert db.session.get_one(Answer, answer.id).question_id == other.id
        transfer = db.session.scalars(select(Transfer)).one()
        assert browser.post(f"/sporsmal/{other.id}/rydding/{transfer.id}/angring").status_code == 303
        assert db.session.get_one(Answer, answer.id).question_id == question.id
        browser.post(f"{url}/deling", data={"chosen": chosen[:1], "title": "The spooler"})
        new = db.session.scalars(select(Question).order_by(Question.id.desc())).first()
        assert new
        assert f"/sporsmal/{question.id}" in browser.get(f"/sporsmal/{new.id}").text
        assert f"/sporsmal/{new.id}" in browser.get(f"/sporsmal/{question.id}").text

    @pytest.mark.parametrize(
        ("noun", "form"),
        [
            ("goyming", {}),
            ("flytting", {"target": "1"}),
            ("flytting", {"chosen": "answer-1"}),
            ("deling", {"title": "A title"}),
            ("deling", {"chosen": "answer-1", "title": "  "}),
            ("deling", {"chosen": "answer-1", "title": "For 01010112377"}),
            ("omgjering", {}),
        ],
    )
    def test_what_is_missing_is_said_and_what_was_chosen_stays_chosen(
        self, browse: Browse, carla: Person, question: Question, answer: Answer, noun: str, form: dict[str, str]
    ) -> None:
        form = {name: value.replace("answer-1", f"answer-{answer.id}") for name, value in form.items()}
        refused = browse(carla).post(f"/sporsmal/{question.id}/rydding/{noun}", data=form)
        assert refused.status_code == 422
        assert ("checked" in refused.text) == ("chosen" in form)
        assert f'action="/sporsmal/{question.id}/rydding/{noun}"' in refused.text, "sent again, it does the same"

    def test_posts_of_another_thread_are_not_there(
        self, browse: Browse, carla: Person, anne: Person, question: Question, other: Question, answer: Answer
    ) -> None:
        with transaction():
            transfer = moderation.move(carla, question.id, [f"answer-{answer.id}"], target_id=other.id)
            third = make_question(anne, "A third")
        for noun in ("goyming", "flytting", "deling"):
            form = {"chosen": f"answer-{answer.id}", "title": "x", "target": str(third.id)}
            assert browse(carla).post(f"/sporsmal/{question.id}/rydding/{noun}", data=form).status_code == 404
        assert browse(carla).post(f"/sporsmal/{third.id}/rydding/{transfer.id}/angring").status_code == 404

    def test_a_closed_thread_says_so_and_keeps_what_was_written(
        self, browse: Browse, carla: Person, bjarne: Person, question: Question, answer: Answer
    ) -> None:
        browse(carla).post(f"/sporsmal/{question.id}/lasing", data={"on": "1"})
        page = browse(bjarne).soup(f"/sporsmal/{question.id}")
        assert "This thread is closed" in page.text
        assert not page.select_one("#answer-form")
        late = browse(bjarne).post(f"/sporsmal/{question.id}/svar", data={"body": "My long answer"})
        assert (late.status_code, "My long answer" in late.text) == (422, True)
        assert browse(bjarne).post(f"/sporsmal/{question.id}/folgjing", data={"on": "1"}).status_code == 303


class TestRedacting:
    def test_words_are_taken_out_of_post_history_and_thread(
        self, browse: Browse, carla: Person, bjarne: Person, question: Question, answer: Answer
    ) -> None:
        url = f"/sporsmal/{question.id}/svar/{answer.id}/sladding"
        form = {"part": "piece", "piece": "the spooler"}
        assert browse(carla).post(url, data={"part": "piece"}).status_code == 422
        assert browse(carla).post(url, data={"part": "piece", "piece": "not there"}).status_code == 422
        assert browse(carla).post(url, data=form).status_code == 303
        assert db.session.get_one(Answer, answer.id).body == f"Restart {REMOVED}."
        assert browse(bjarne).post(url, data={"part": "all"}).status_code == 303
        assert db.session.get_one(Answer, answer.id).body == REMOVED

    def test_others_may_not(
        self, browse: Browse, anne: Person, didrik: Person, carla: Person, question: Question, other: Question
    ) -> None:
        with transaction():
            foreign = make_answer(carla, other)
        for person in (anne, didrik):
            url = f"/sporsmal/{other.id}/svar/{foreign.id}/sladding"
            assert browse(person).get(url).status_code == 403
            assert browse(person).post(url, data={"part": "all"}).status_code == 403
            url = f"/sporsmal/{question.id}/svar/{foreign.id}/sladding"
            assert browse(person).post(url, data={"part": "all"}).status_code == 404


class TestFlags:
    def test_patient_data_is_gone_for_others_at_once(
        self, browse: Browse, anne: Person, bjarne: Person, carla: Person, didrik: Person, question: Question
    ) -> None:
        sent = browse(didrik).post(f"/sporsmal/{question.id}/melding", data={"reason": "patient", "note": "A name"})
        assert sent.location == "/sporsmal"
        assert browse(bjarne).get(f"/sporsmal/{question.id}").status_code == 404
        assert "Only the one who asked" in browse(anne).get(f"/sporsmal/{question.id}").text
        browser = browse(carla)
        page = browser.soup("/styring/merknader")
        assert page.select_one("#flag-count").text.strip().startswith("1")  # type: ignore[union-attr]
        assert didrik.name not in page.select_one("#flags").text  # type: ignore[union-attr]
        flag = db.session.scalars(select(Flag)).one()
        assert browser.post(f"/styring/merknader/{flag.id}/avgjerd", data={"outcome": "left"}).status_code == 303
        assert browse(bjarne).get(f"/sporsmal/{question.id}").status_code == 200
        assert "Nobody waits for you here." in browser.get("/styring/merknader").text

    @pytest.mark.parametrize("kind", ["svar", "kommentar"])
    def test_each_post_can_be_flagged_once(
        self, browse: Browse, didrik: Person, bjarne: Person, question: Question, answer: Answer, kind: str
    ) -> None:
        with transaction():
            remark = commenting.comment(bjarne, question.id, answer_id=answer.id, body="By the way")
        number = answer.id if kind == "svar" else remark.id
        url, browser = f"/sporsmal/{question.id}/{kind}/{number}/melding", browse(didrik)
        assert url in browser.get(f"/sporsmal/{question.id}").text
        assert browser.post(url, data={"reason": ""}).status_code == 422
        assert browser.post(url, data={"reason": "nonsense"}).status_code == 422
        assert browser.post(url, data={"reason": "unkind", "note": "x" * 301}).status_code == 422
        assert browser.post(url, data={"reason": "unkind"}).status_code == 303
        assert "You have flagged this already" in browser.get(url).text
        assert browser.post(url, data={"reason": "unkind"}).status_code == 422
        assert db.session.scalar(select(func.count()).select_from(Flag)) == 1

    def test_the_queue_has_its_ceiling_and_its_pages(
        self, browse: Browse, carla: Person, didrik: Person, bjarne: Person, question: Question
    ) -> None:
        with transaction():
            for number in range(7):
                thread = make_question(bjarne, f"Question {number}")
                remark = commenting.comment(bjarne, thread.id, body="Hm")
                for post in (thread, make_answer(bjarne, thread), remark):
                    flag = Flag(person_id=didrik.id, post=f"{post.__tablename__}-{post.id}", reason=Reason.OTHER)
                    setattr(flag, post.__tablename__, post)
                    db.session.add(flag)
        browser = browse(carla)
        page = browser.soup("/styring/merknader")
        assert len(page.select(".flag")) == 20
        assert len(browser.statements) <= 16, browser.statements
        following = page.select_one('.pager a[rel="next"]')
        assert following
        assert len(browser.soup(str(following["href"])).select(".flag")) == 1

    def test_a_flag_of_a_nameless_post_tells_nothing(
        self, browse: Browse, anne: Person, carla: Person, didrik: Person
    ) -> None:
        with transaction():
            question = make_question(anne, "Nameless", is_anonymous=True)
            flagging.flag(didrik, question, reason=Reason.UNKIND)
        page = browse(carla).soup("/styring/merknader").select_one("#flags")
        assert page
        assert anne.name not in str(page)
        assert f"/folk/{anne.id}" not in str(page)


def test_didrik_keeps_no_order(
    browse: Browse, carla: Person, didrik: Person, question: Question, other: Question, answer: Answer
) -> None:
    with transaction():
        transfer = moderation.move(carla, question.id, [f"answer-{answer.id}"], target_id=other.id)
        flag = flagging.flag(carla, other, reason=Reason.OTHER)
    browser, base = browse(didrik), f"/sporsmal/{other.id}"
    for path in (f"{base}/rydding", f"{base}/sladding", "/styring/merknader", "/styring/merknader/tal"):
        assert browser.get(path).status_code == 403, path
    form = {"chosen": f"answer-{answer.id}", "on": "1", "title": "x", "target": str(question.id), "part": "all"}
    paths = [
        f"{base}/lasing",
        f"{base}/goyming",
        f"{base}/sladding",
        f"{base}/duplikat/angring",
        f"{base}/rydding/goyming",
        f"{base}/rydding/flytting",
        f"{base}/rydding/deling",
        f"{base}/rydding/omgjering",
        f"{base}/rydding/{transfer.id}/angring",
        f"/styring/merknader/{flag.id}/avgjerd",
    ]
    for path in paths:
        assert browser.post(path, data=form).status_code == 403, path
    assert db.session.get_one(Answer, answer.id).question_id == other.id
    assert not db.session.get_one(Question, other.id).is_locked
    assert db.session.scalars(select(Comment)).all() == []
