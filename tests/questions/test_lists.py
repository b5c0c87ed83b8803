"""The lists of the board: what a line tells, and what stands in each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from portal.blueprints.people.models import Person
from portal.blueprints.questions.queries import lists, searching
from portal.blueprints.questions.rules import operators
from portal.blueprints.questions.rules.states import Filter, Shown
from portal.blueprints.questions.service import (
    moderation,
    solving,
)
from portal.core.db import db
from tests.factories.questions import make_answer, make_question, make_tag

At = Callable[[datetime], None]

MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def shown(viewer: Person, text: str = "", wanted: Filter = Filter.ALL) -> list[str]:
    db.session.flush()
    understood = searching.understand(viewer, operators.parse(text))
    return [row.title for row in lists.questions(viewer, wanted, understood=understood).items]


def test_a_line_tells_what_it_shows(anne: Person, bjarne: Person) -> None:
    make_tag("citrix", "Citrix")
    question = make_question(anne, title="Slow", tags=["citrix"])
    make_answer(bjarne, question)
    row = lists.questions(bjarne, Filter.ALL).items[0]
    assert (row.id, row.title, row.shown, row.answer_count) == (question.id, "Slow", Shown.ANSWERED, 1)
    assert row.author is not None
    assert (row.author.name, row.author.initials) == (anne.name, anne.initials)
    assert row.author.color_name == anne.color_name
    assert [label.name("nn") for label in row.tags] == ["Citrix"]


def test_a_line_without_a_name_has_none(anne: Person, bjarne: Person) -> None:
    make_question(anne, is_anonymous=True)
    assert lists.questions(bjarne, Filter.ALL).items[0].author is None


def test_mine_are_also_those_without_a_name_and_nobody_elses(anne: Person, bjarne: Person) -> None:
    make_question(anne, title="Named")
    make_question(anne, title="Nameless", is_anonymous=True)
    make_question(bjarne, title="Another", is_anonymous=True)
    assert set(shown(anne, wanted=Filter.MINE)) == {"Nameless", "Named"}
    assert shown(bjarne, wanted=Filter.MINE) == ["Another"]


def test_for_me_is_what_was_put_to_me(anne: Person, bjarne: Person, didrik: Person) -> None:
    question = make_question(anne, title="For Bjarne")
    question.addressee_id = bjarne.id
    assert shown(bjarne, wanted=Filter.FOR_ME) == ["For Bjarne"]
    assert shown(didrik, wanted=Filter.FOR_ME) == []


def test_solved_this_week_forgets_after_seven_days_and_shows_the_last_solved_first(
    anne: Person, bjarne: Person, at: At
) -> None:
    at(MORNING)
    first, second = make_question(anne, title="First"), make_question(anne, title="Second")
    answers = [make_answer(bjarne, each) for each in (first, second)]
    solving.accept(anne, second.id, answers[1].id)
    at(MORNING + timedelta(hours=1))
    solving.accept(anne, first.id, answers[0].id)
    assert shown(anne, wanted=Filter.SOLVED_THIS_WEEK) == ["First", "Second"]
    at(MORNING + timedelta(days=7, minutes=30))
    assert shown(anne, wanted=Filter.SOLVED_THIS_WEEK) == ["First"]


def test_the_count_of_what_waits_stops_at_a_bound(anne: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "COUNTED_MOST", 3)
    for number in range(5):
        make_question(anne, title=f"Question {number}")
    assert lists.unanswered_count(anne) == 3


@pytest.mark.parametrize("wanted", list(Filter))
def test_no_list_shows_what_is_hidden(anne: Person, carla: Person, wanted: Filter) -> None:
    question = make_question(anne)
    question.addressee_id = anne.id
    moderation.hide(carla, question.id, hidden=True)
    assert shown(anne, wanted=wanted) == []
