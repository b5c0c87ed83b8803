from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Answer, Comment, Question
from portal.blueprints.questions.queries import threads
from portal.blueprints.questions.service import marks, solving
from portal.core import jobs
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.questions import make_question

Browse = Callable[[Person], AuditingClient]
PIECE = {"HX-Request": "true"}
QUERIES = 17  # for the whole page, whatever stands on it


def answers(question: Question, author: Person, count: int) -> Sequence[int]:
    """Many at once: what is tested is reading them."""
    made = [Answer(question_id=question.id, author_id=author.id, body=f"Answer {number}") for number in range(count)]
    db.session.add_all(made)
    db.session.flush()
    question.recount(question.answer_count + count)
    db.session.add_all(
        Comment(question_id=question.id, answer_id=answer.id, author_id=author.id, body=f"Remark {number}")
        for answer in made
        for number in range(2)
    )
    db.session.flush()
    return [answer.id for answer in made]


@pytest.fixture
def question(anne: Person) -> Question:
    with transaction():
        return make_question(anne)


@pytest.fixture
def long(question: Question, bjarne: Person) -> Sequence[int]:
    with transaction():
        return answers(question, bjarne, 300)


def shown(page: object) -> list[int]:
    return [int(post["id"].removeprefix("svar-")) for post in page.select("article[id^=svar-]")]  # type: ignore[attr-defined]


def test_a_thread_of_three_hundred_asks_as_few_questions_as_one_of_three(
    browse: Browse, anne: Person, bjarne: Person, didrik: Person, question: Question, long: Sequence[int]
) -> None:
    with transaction():
        short = make_question(anne, title="Short")
        answers(short, bjarne, 3)
        marks.thank(didrik, question.id, long[7])
        solving.accept(anne, question.id, long[250])
    jobs.run_due()  # what is like them is found by the worker, not by the page
    browser = browse(didrik)
    counts = []
    for each in (short, question):
        browser.soup(f"/sporsmal/{each.id}")
        counts.append(len(browser.statements))
    assert counts[1] <= counts[0], browser.statements
    assert max(counts) <= QUERIES, browser.statements


def test_the_solution_comes_first_and_then_the_first_thirty(
    browse: Browse, anne: Person, didrik: Person, question: Question, long: Sequence[int]
) -> None:
    with transaction():
        solving.accept(anne, question.id, long[250])
    page = browse(didrik).soup(f"/sporsmal/{question.id}")
    assert shown(page) == [long[250], *long[:30]]


def test_page_after_page_without_scripts_gives_every_answer_once(
    browse: Browse, anne: Person, didrik: Person, question: Question, long: Sequence[int]
) -> None:
    with transaction():
        solving.accept(anne, question.id, long[45])
    browser, path, seen = browse(didrik), f"/sporsmal/{question.id}", []
    while path:
        page = browser.soup(path)
        first, *others = shown(page)
        assert first == long[45], "the solution stands above every page"
        seen += others
        more = page.select_one("#more-answers a")
        path = more["href"] if more else ""
    assert seen == [answer for answer in long if answer != long[45]]
    back = page.select_one(".more-answers a")
    assert back
    assert shown(browser.soup(back["href"]))[1:] == seen[-59:-29]


def test_with_scripts_the_next_thirty_are_put_after_those_that_stand_there(
    browse: Browse, didrik: Person, question: Question, long: Sequence[int]
) -> None:
    browser = browse(didrik)
    button = browser.soup(f"/sporsmal/{question.id}").select_one("#more-answers a")
    assert button
    piece = browser.soup(button["hx-get"], headers=PIECE)
    assert shown(piece) == list(long[30:60])
    assert not piece.select("#thread, #answer-form")


def test_what_was_opened_stays_open_when_the_thread_is_fetched_again(
    browse: Browse, didrik: Person, question: Question, long: Sequence[int]
) -> None:
    """The page says of itself how many answers stand there; a press sends the same."""
    browser = browse(didrik)
    again = browser.soup(f"/sporsmal/{question.id}?vis=30&vis=30", headers=PIECE)
    assert shown(again) == list(long[:60])
    assert again.select_one("input.thread-state[name=vis]")["value"] == "60"  # type: ignore[index]
    pressed = browser.post(
        f"/sporsmal/{question.id}/svar/{long[3]}/takk", data={"on": "1", "vis": ["30", "30"]}, headers=PIECE
    )
    assert pressed.text.count('id="svar-') == 60


def test_who_has_seen_the_end_sees_what_comes(
    browse: Browse, bjarne: Person, didrik: Person, question: Question
) -> None:
    with transaction():
        answers(question, bjarne, 30)
    browser = browse(didrik)
    state = browser.soup(f"/sporsmal/{question.id}").select_one("input.thread-state[name=vis]")
    with transaction():
        answers(question, bjarne, 1)
    assert len(shown(browser.soup(f"/sporsmal/{question.id}?vis={state['value']}", headers=PIECE))) == 31  # type: ignore[index]


@pytest.mark.parametrize("place", [3, 29, 30, 31, 150, 299])
def test_a_link_to_an_answer_opens_the_page_where_it_stands(
    browse: Browse, didrik: Person, question: Question, long: Sequence[int], place: int
) -> None:
    page = browse(didrik).soup(f"/sporsmal/{question.id}?svar={long[place]}")
    assert long[place] in shown(page)
    assert len(shown(page)) <= threads.ANSWERS


def test_who_answers_as_the_three_hundred_and_first_is_led_to_it(
    browse: Browse, didrik: Person, question: Question, long: Sequence[int]
) -> None:
    browser = browse(didrik)
    sent = browser.post(f"/sporsmal/{question.id}/svar", data={"body": "One more."})
    newest = max(long) + 1
    assert sent.location == f"/sporsmal/{question.id}?svar={newest}#svar-{newest}"
    assert newest in shown(browser.soup(sent.location))


@pytest.mark.parametrize("odd", ["vis=-1", "vis=9999999999", "etter=x", "etter=99999999999999", "svar=0", "svar=x"])
def test_odd_places_are_the_first_page_or_an_empty_one(
    browse: Browse, didrik: Person, question: Question, odd: str
) -> None:
    assert browse(didrik).get(f"/sporsmal/{question.id}?{odd}").status_code == 200


def test_an_answer_out_of_sight_is_on_no_page_of_colleagues(
    browse: Browse, carla: Person, didrik: Person, question: Question, long: Sequence[int]
) -> None:
    with transaction():
        db.session.get_one(Answer, long[4]).is_hidden = True
    assert long[4] not in shown(browse(didrik).soup(f"/sporsmal/{question.id}"))
    assert long[4] in shown(browse(carla).soup(f"/sporsmal/{question.id}"))
