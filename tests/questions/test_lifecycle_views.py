"""The pages and presses of the lifecycle: without scripts, with the text kept, and refused to whom they are not for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.questions.models.marks import Thanks, Verdict
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.rules.marks import Kind
from portal.blueprints.questions.service import answering, claims, commenting, needs, solving, verdicts
from portal.core import clock
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.people import make_person
from tests.factories.questions import make_answer, make_question

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]
NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
IDENTITY_NUMBER = "01010112377"


@pytest.fixture
def question(anne: Person) -> Question:
    with transaction():
        return make_question(anne)


@pytest.fixture
def answer(question: Question, bjarne: Person) -> Answer:
    with transaction():
        return make_answer(bjarne, question, body="Restart **everything**.")


def place(answer: Answer, noun: str) -> str:
    return f"/sporsmal/{answer.question_id}/svar/{answer.id}/{noun}"


def verdict_count() -> int:
    return db.session.scalar(select(func.count()).select_from(Verdict)) or 0


def test_one_press_says_that_it_worked_and_the_next_takes_it_back(browse: Browse, anne: Person, answer: Answer) -> None:
    browser = browse(anne)
    posted = browser.post(place(answer, "verka"), data={"on": "1"})
    assert (posted.status_code, posted.location) == (303, f"/sporsmal/{answer.question_id}#svar-{answer.id}")
    assert "Worked for 1 colleague" in browser.get(f"/sporsmal/{answer.question_id}").text
    browser.post(place(answer, "verka"), data={"on": "0"})
    assert verdict_count() == 0


def test_the_author_has_no_button_for_it_and_is_refused(browse: Browse, bjarne: Person, answer: Answer) -> None:
    browser = browse(bjarne)
    assert "/verka" not in browser.get(f"/sporsmal/{answer.question_id}").text
    assert browser.post(place(answer, "verka"), data={"on": "1"}).status_code == 403


def test_a_dangerous_answer_folds_away_behind_its_reason_and_is_still_there(
    browse: Browse, anne: Person, didrik: Person, answer: Answer
) -> None:
    posted = browse(anne).post(place(answer, "farleg"), data={"reason": "It empties the queue."})
    assert posted.status_code == 303
    page = browse(didrik).soup(f"/sporsmal/{answer.question_id}")
    post = page.select_one(f"#svar-{answer.id}")
    assert post is not None
    assert "It empties the queue." in post.text
    fold = post.select_one("details.fold")
    assert fold is not None
    assert not fold.has_attr("open")
    assert "everything" in fold.text
    assert anne.name not in post.text


def test_an_outdated_answer_is_not_folded(browse: Browse, anne: Person, answer: Answer) -> None:
    browser = browse(anne)
    browser.post(place(answer, "utdatert"), data={"reason": "There is a new button."})
    post = browser.soup(f"/sporsmal/{answer.question_id}").select_one(f"#svar-{answer.id}")
    assert post is not None
    assert "There is a new button." in post.text
    assert post.select_one("details.fold") is None


def test_a_warning_without_a_reason_comes_back(browse: Browse, anne: Person, answer: Answer) -> None:
    posted = browse(anne).post(place(answer, "farleg"), data={"reason": ""})
    assert posted.status_code == 422
    assert verdict_count() == 0


def test_patient_data_in_a_reason_comes_back_marked_with_the_text_kept(
    browse: Browse, anne: Person, answer: Answer
) -> None:
    posted = browse(anne).post(place(answer, "farleg"), data={"reason": f"Lost {IDENTITY_NUMBER} twice"})
    assert posted.status_code == 422
    assert "twice" in posted.text
    assert verdict_count() == 0


def test_a_warning_of_an_answer_of_another_question_is_not_there(browse: Browse, anne: Person, answer: Answer) -> None:
    with transaction():
        other = make_question(anne, title="Another")
    for noun in ("farleg", "verka", "hjelpte-ikkje", "stemmer-det"):
        posted = browse(anne).post(f"/sporsmal/{other.id}/svar/{answer.id}/{noun}", data={"reason": "x", "body": "x"})
        assert posted.status_code == 404, noun


def test_the_marker_is_asked_to_look_again_on_the_page(
    browse: Browse, anne: Person, bjarne: Person, answer: Answer
) -> None:
    with transaction():
        verdicts.say(anne, answer.question_id, answer.id, kind=Kind.DANGEROUS, reason="No.")
        answering.edit_answer(bjarne, answer.question_id, answer.id, body="Gently.", version=answer.version)
    browser = browse(anne)
    page = browser.get(f"/sporsmal/{answer.question_id}").text
    assert "the answer was changed afterwards" in page
    assert "Does your mark still hold?" in page
    browser.post(place(answer, "farleg/gjeld-enno"))
    assert "Does your mark still hold?" not in browser.get(f"/sporsmal/{answer.question_id}").text
    browser.post(place(answer, "farleg/tilbake"))
    assert verdict_count() == 0


def test_only_those_who_keep_order_settle_warnings(
    browse: Browse, anne: Person, didrik: Person, carla: Person, answer: Answer
) -> None:
    with transaction():
        verdicts.say(anne, answer.question_id, answer.id, kind=Kind.DANGEROUS, reason="No.")
    assert browse(didrik).post(place(answer, "oppgjort")).status_code == 403
    assert browse(carla).post(place(answer, "oppgjort")).status_code == 303
    assert 'details class="fold"' not in browse(didrik).get(f"/sporsmal/{answer.question_id}").text


def test_a_list_and_a_search_hit_carry_the_warning(browse: Browse, anne: Person, answer: Answer) -> None:
    with transaction():
        verdicts.say(anne, answer.question_id, answer.id, kind=Kind.DANGEROUS, reason="No.")
    browser = browse(anne)
    assert "Carries a warning" in browser.get("/sporsmal").text
    assert "Carries a warning" in browser.get("/sok?q=printer").text


def test_a_line_asks_the_asker_for_more(browse: Browse, anne: Person, bjarne: Person, question: Question) -> None:
    url = f"/sporsmal/{question.id}/meir-info"
    assert browse(bjarne).post(url, data={"body": ""}).status_code == 422
    assert browse(bjarne).post(url, data={"body": "Which ward?"}).status_code == 303
    assert "A colleague needs to know a little more" in browse(anne).get(f"/sporsmal/{question.id}").text
    assert "Needs to know more" in browse(anne).get("/sporsmal").text
    assert browse(anne).post(url, data={"body": "Which ward?"}).status_code == 409


def test_who_it_did_not_help_writes_a_line(
    browse: Browse, anne: Person, didrik: Person, question: Question, answer: Answer
) -> None:
    with transaction():
        solving.accept(anne, question.id, answer.id)
    browser = browse(didrik)
    assert browser.get(place(answer, "hjelpte-ikkje")).status_code == 200
    assert browser.post(place(answer, "hjelpte-ikkje"), data={"body": "It came back."}).status_code == 303
    assert "It came back." in browser.get(f"/sporsmal/{question.id}").text


def test_looking_together_and_handing_over(
    browse: Browse, anne: Person, bjarne: Person, didrik: Person, question: Question
) -> None:
    thread, owner, other = f"/sporsmal/{question.id}", browse(bjarne), browse(didrik)
    owner.post(f"{thread}/blikk", data={"on": "1"})
    other.post(f"{thread}/blikk/med", data={"on": "1"})
    assert f"{bjarne.first_name} looks at it together with {didrik.first_name}." in browse(anne).get(thread).text
    assert owner.post(f"{thread}/blikk/overlevering", data={"person": str(bjarne.id)}).status_code == 422
    assert owner.post(f"{thread}/blikk/overlevering", data={"person": str(didrik.id)}).status_code == 303
    assert f"{bjarne.first_name} asks if you can take this over" in other.get(thread).text
    assert browse(anne).post(f"{thread}/blikk/svar", data={"on": "1"}).status_code == 404
    other.post(f"{thread}/blikk/svar", data={"on": "1"})
    assert f"{didrik.first_name} is looking at it" in browse(anne).get(thread).text


def test_a_peer_sees_the_button_only_after_days_of_silence(
    browse: Browse, anne: Person, bjarne: Person, at: At
) -> None:
    at(NOON)
    with transaction():
        peer = make_person("Sigrid Steine", roles={Role.PEER_SUPPORTER})
        question = make_question(anne)
        added = make_answer(bjarne, question)
    browser, thread = browse(peer), f"/sporsmal/{question.id}"
    assert "This solved it" not in browser.get(thread).text
    assert browser.post(place(added, "loysing")).status_code == 403
    at(NOON + timedelta(days=3))
    browser = browse(peer)
    assert "This solved it" in browser.get(thread).text
    browser.post(place(added, "loysing"))
    page = browse(anne).get(thread).text
    assert "Accepted by a peer supporter" in page
    assert "Not solved after all" in page


def test_thanks_are_told_as_a_sum_of_the_whole_desk_and_not_when_few(
    browse: Browse, anne: Person, bjarne: Person, question: Question
) -> None:
    line = "Colleagues have thanked each other"
    with transaction():
        answers = [make_answer(bjarne, question, body=f"Try {number}.") for number in range(5)]
        db.session.add_all(Thanks(answer_id=each.id, person_id=anne.id) for each in answers[:4])
        db.session.add(Thanks(answer_id=answers[4].id, person_id=anne.id, created_at=clock.now() - timedelta(days=40)))
    assert line not in browse(anne).get("/sporsmal").text
    with transaction():
        db.session.get_one(Thanks, (answers[4].id, anne.id)).created_at = clock.now()
    assert f"{line} 5 times this month." in browse(anne).get("/sporsmal").text


def test_the_shift_page_shows_what_stands_unfinished(
    browse: Browse, anne: Person, bjarne: Person, didrik: Person, at: At
) -> None:
    at(NOON)
    with transaction():
        make_question(anne, title="Waits for anybody")
        begun = make_question(anne, title="Begun and left")
        claims.claim(bjarne, begun.id)
        asked = make_question(anne, title="Was unclear")
        needs.want_more(bjarne, asked.id, line="Which ward?")
        commenting.comment(anne, asked.id, body="Ward 3.")
        solved = make_question(anne, title="Was solved")
        added = make_answer(bjarne, solved)
        solving.accept(anne, solved.id, added.id)
        again = make_question(anne, title="Came back")
        other = make_answer(bjarne, again)
        solving.accept(anne, again.id, other.id)
        solving.reopen(anne, again.id)
        verdicts.say(didrik, again.id, other.id, kind=Kind.DANGEROUS, reason="It empties the queue.")
    at(NOON + timedelta(hours=2))
    soup = browse(didrik).soup("/sporsmal/vaktskifte")
    cards = {card.h2.text.strip(): card.text for card in soup.select("#shift .card") if card.h2}
    assert "Waits for anybody" in cards["Waiting for an answer"]
    assert "Begun and left" not in cards["Waiting for an answer"]
    assert f"{bjarne.first_name} began, and has been silent since" in cards["Begun and not finished"]
    assert "Was unclear" in cards["The asker has told more"]
    assert "Came back" in cards["Opened again"]
    assert "It empties the queue." in cards["Dangerous answers since yesterday"]
    assert "Was solved" not in soup.text
    at(NOON + timedelta(days=2))
    assert "It empties the queue." not in browse(didrik).get("/sporsmal/vaktskifte").text


def test_a_quiet_desk_hands_nothing_over(browse: Browse, anne: Person) -> None:
    assert "Nothing stands unfinished" in browse(anne).get("/sporsmal/vaktskifte").text


def test_the_shift_page_stays_within_its_queries(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        for number in range(30):
            question = make_question(anne, title=f"Question {number}")
            if number % 2:
                claims.claim(bjarne, question.id)
    browser = browse(anne)
    browser.get("/sporsmal/vaktskifte")
    assert "and 3 more" in browser.get("/sporsmal/vaktskifte").text
    assert len(browser.statements) <= 16
