"""Is it still true? Old answers, and those whose system has changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.blueprints.people.models import Person
from portal.blueprints.questions.jobs.lapsing import forget_lapsed
from portal.blueprints.questions.models.claims import ReviewPause
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.queries import checks as reading
from portal.blueprints.questions.rules.marks import Kind
from portal.blueprints.questions.service import answering, checks, reviewing, solving, verdicts
from portal.core import privacy
from portal.core.db import db, transaction
from portal.core.errors import Invalid, NotAllowed, NotFound
from tests.client import AuditingClient
from tests.factories.questions import make_answer, make_question, make_tag

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]
NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CAME_BY_SEARCH = {"Referer": "http://localhost/sok?q=printer"}
CARD = "Is it still true?"


@pytest.fixture
def tag() -> Tag:
    with transaction():
        return make_tag("journal", "Journal")


@pytest.fixture
def answer(anne: Person, bjarne: Person, tag: Tag, at: At) -> Answer:
    at(NOON)
    with transaction():
        question = make_question(anne, tags=["journal"])
        added = make_answer(bjarne, question)
        solving.accept(anne, question.id, added.id)
        return added


def waiting(viewer: Person, tag: str = "") -> list[int]:
    db.session.flush()
    return [each.id for each in reading.waiting(viewer, tag=tag).items]


def test_an_upgrade_lets_older_answers_wait_until_somebody_tries_them(
    anne: Person, didrik: Person, otto: Person, answer: Answer, at: At
) -> None:
    at(NOON + DAY)
    with transaction():
        checks.ask_for_check(otto, "journal", reason="8.2")
    assert waiting(anne) == [answer.id]
    at(NOON + 2 * DAY)
    with transaction():
        verdicts.say(didrik, answer.question_id, answer.id, kind=Kind.WORKS)
    assert waiting(anne) == []


def _mend(anne: Person, bjarne: Person, didrik: Person, answer: Answer) -> None:
    answering.edit_answer(bjarne, answer.question_id, answer.id, body="Anew.", version=answer.version)


def _outdate(anne: Person, bjarne: Person, didrik: Person, answer: Answer) -> None:
    verdicts.say(didrik, answer.question_id, answer.id, kind=Kind.OUTDATED, reason="New button.")


def _accept(anne: Person, bjarne: Person, didrik: Person, answer: Answer) -> None:
    solving.reopen(anne, answer.question_id)
    solving.accept(anne, answer.question_id, answer.id)


@pytest.mark.parametrize("act", [_mend, _outdate, _accept])
def test_mending_outdating_and_accepting_are_checks_too(
    act: Callable[..., None], anne: Person, bjarne: Person, didrik: Person, otto: Person, answer: Answer, at: At
) -> None:
    at(NOON + DAY)
    with transaction():
        checks.ask_for_check(otto, "journal", reason="8.2")
    at(NOON + 2 * DAY)
    with transaction():
        act(anne, bjarne, didrik, answer)
    assert waiting(anne) == []


def test_a_word_on_one_answer_says_nothing_of_another(
    anne: Person, bjarne: Person, didrik: Person, otto: Person, answer: Answer, at: At
) -> None:
    with transaction():
        other = make_answer(bjarne, make_question(anne, title="Another", tags=["journal"]))
    at(NOON + DAY)
    with transaction():
        checks.ask_for_check(otto, "journal", reason="8.2")
    at(NOON + 2 * DAY)
    with transaction():
        verdicts.say(didrik, answer.question_id, answer.id, kind=Kind.WORKS)
    assert waiting(anne) == [other.id]


def test_only_answers_of_the_tag_from_before_wait(
    anne: Person, bjarne: Person, otto: Person, answer: Answer, at: At
) -> None:
    at(NOON + DAY)
    with transaction():
        make_tag("utskrift")
        make_answer(bjarne, make_question(anne, title="Another", tags=["utskrift"]))
        checks.ask_for_check(otto, "journal", reason="8.2")
    at(NOON + 2 * DAY)
    with transaction():
        make_answer(bjarne, make_question(anne, title="After", tags=["journal"]))
    assert waiting(anne) == [answer.id]
    assert waiting(anne, tag="utskrift") == []


def test_a_check_that_is_over_lets_everything_be(anne: Person, otto: Person, answer: Answer, at: At) -> None:
    at(NOON + DAY)
    with transaction():
        checks.ask_for_check(otto, "journal", reason="8.2")
        checks.end_check(otto, "journal")
    assert waiting(anne) == []


def test_only_organisers_ask_for_a_check_and_they_say_why(didrik: Person, otto: Person, tag: Tag) -> None:
    with pytest.raises(NotAllowed):
        checks.ask_for_check(didrik, "journal", reason="8.2")
    with pytest.raises(Invalid):
        checks.ask_for_check(otto, "journal", reason=" ")
    with pytest.raises(NotFound):
        checks.end_check(otto, "nope")
    assert tag.check_since is None


def test_the_pages_say_what_must_be_checked(
    browse: Browse, otto: Person, didrik: Person, answer: Answer, at: At
) -> None:
    at(NOON + DAY)
    organiser = browse(otto)
    assert organiser.post("/sporsmal/til-sjekk/ny", data={"tag": "journal", "reason": ""}).status_code == 422
    assert organiser.post("/sporsmal/til-sjekk/ny", data={"tag": "journal", "reason": "8.2"}).status_code == 303
    browser = browse(didrik)
    assert "To be checked after a change: 8.2" in browser.get(f"/sporsmal/{answer.question_id}").text
    assert answer.question.title in browser.get("/sporsmal/til-sjekk").text
    assert browser.get("/sporsmal/til-sjekk/ny").status_code == 403
    assert browser.post("/sporsmal/til-sjekk/journal/slutt").status_code == 403
    assert organiser.post("/sporsmal/til-sjekk/journal/slutt").status_code == 303
    assert "To be checked" not in browser.get(f"/sporsmal/{answer.question_id}").text


def test_the_list_goes_on_page_by_page_within_its_queries(
    browse: Browse, anne: Person, bjarne: Person, otto: Person, tag: Tag, at: At
) -> None:
    at(NOON)
    with transaction():
        for number in range(25):
            make_answer(bjarne, make_question(anne, title=f"Question {number}", tags=["journal"]))
    at(NOON + DAY)
    with transaction():
        checks.ask_for_check(otto, "journal", reason="8.2")
    browser = browse(anne)
    browser.get("/sporsmal/til-sjekk")
    soup = browser.soup("/sporsmal/til-sjekk")
    assert len(browser.statements) <= 10
    assert len(soup.select("#to-check .row")) == 20
    more = soup.select_one("a[rel=next]")
    assert more is not None
    assert len(browser.soup(str(more["href"])).select("#to-check .row")) == 5


def test_who_came_by_a_search_to_an_old_answer_is_asked(browse: Browse, didrik: Person, answer: Answer, at: At) -> None:
    thread = f"/sporsmal/{answer.question_id}"
    at(NOON + 180 * DAY)
    assert CARD not in browse(didrik).get(thread, headers=CAME_BY_SEARCH).text
    at(NOON + 181 * DAY)
    browser = browse(didrik)
    assert CARD in browser.get(thread, headers=CAME_BY_SEARCH).text
    assert CARD not in browser.get(thread).text
    assert CARD not in browser.get(thread, headers={"Referer": "http://elsewhere.example/sok?q=x"}).text
    assert CARD in browser.get(f"{thread}/stemmer-det", headers={"HX-Request": "true"}).text  # who copied


def test_a_yes_is_a_mark_that_it_works_and_nobody_is_asked_for_long(
    browse: Browse, didrik: Person, anne: Person, answer: Answer, at: At
) -> None:
    thread = f"/sporsmal/{answer.question_id}"
    at(NOON + 181 * DAY)
    browse(didrik).post(f"{thread}/svar/{answer.id}/stemmer-det", data={"on": "1"})
    assert CARD not in browse(anne).get(thread, headers=CAME_BY_SEARCH).text
    at(NOON + 400 * DAY)
    browser = browse(didrik)
    assert CARD in browser.get(thread, headers=CAME_BY_SEARCH).text  # they may confirm again
    browser.post(f"{thread}/svar/{answer.id}/stemmer-det", data={"on": "1"})
    assert CARD not in browser.get(thread, headers=CAME_BY_SEARCH).text


def test_who_does_not_know_is_left_in_peace_for_a_good_while(
    browse: Browse, didrik: Person, anne: Person, answer: Answer, at: At
) -> None:
    thread = f"/sporsmal/{answer.question_id}"
    at(NOON + 181 * DAY)
    browse(didrik).post(f"{thread}/svar/{answer.id}/stemmer-det", data={"on": "0"})
    assert CARD not in browse(didrik).get(thread, headers=CAME_BY_SEARCH).text
    assert CARD in browse(anne).get(thread, headers=CAME_BY_SEARCH).text
    at(NOON + (181 + 91) * DAY)
    assert CARD in browse(didrik).get(thread, headers=CAME_BY_SEARCH).text
    with transaction():
        forget_lapsed()
    assert db.session.scalar(select(func.count()).select_from(ReviewPause)) == 0


def test_the_author_and_who_has_warned_are_not_asked(
    browse: Browse, bjarne: Person, didrik: Person, answer: Answer, at: At
) -> None:
    thread = f"/sporsmal/{answer.question_id}"
    with transaction():
        verdicts.say(didrik, answer.question_id, answer.id, kind=Kind.OUTDATED, reason="New button.")
    at(NOON + 181 * DAY)
    for person in (bjarne, didrik):
        assert CARD not in browse(person).get(thread, headers=CAME_BY_SEARCH).text


def test_an_answer_to_be_checked_is_asked_about_at_once(
    browse: Browse, didrik: Person, otto: Person, answer: Answer, at: At
) -> None:
    at(NOON + DAY)
    with transaction():
        checks.ask_for_check(otto, "journal", reason="8.2")
    page = browse(didrik).get(f"/sporsmal/{answer.question_id}", headers=CAME_BY_SEARCH).text
    assert CARD in page
    assert page.index("To be checked after a change: 8.2") > 0


def test_nobody_is_asked_about_what_nobody_has_answered(browse: Browse, anne: Person, didrik: Person, at: At) -> None:
    at(NOON)
    with transaction():
        question: Question = make_question(anne)
    at(NOON + 400 * DAY)
    assert CARD not in browse(didrik).get(f"/sporsmal/{question.id}", headers=CAME_BY_SEARCH).text


def test_pauses_are_exported_and_erased(anne: Person, answer: Answer) -> None:
    reviewing.pause(anne, answer.question_id)
    reviewing.pause(anne, answer.question_id)
    held = next(each for each in privacy.holdings() if each.what == "Old answers that you were asked about")
    assert held.export is not None
    assert held.erase is not None
    assert [row["question"] for row in held.export(anne.id)] == [answer.question_id]
    held.erase(anne.id)
    assert held.export(anne.id) == []
