"""What the words and the operators of a search find on the board."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.models.tags import TagSynonym
from portal.blueprints.questions.queries import lists, searching
from portal.blueprints.questions.rules import operators
from portal.blueprints.questions.rules.states import Filter, Shown
from portal.blueprints.questions.service import (
    claims,
    solving,
)
from portal.core.db import db
from tests.factories.people import make_person
from tests.factories.questions import make_answer, make_question, make_tag

At = Callable[[datetime], None]


def shown(viewer: Person, text: str = "", wanted: Filter = Filter.ALL) -> list[str]:
    db.session.flush()
    understood = searching.understand(viewer, operators.parse(text))
    return [row.title for row in lists.questions(viewer, wanted, understood=understood).items]


@pytest.fixture
def board(anne: Person, bjarne: Person, at: At) -> None:
    """Four questions with different tags, states, days and numbers of answers."""
    make_tag("citrix", "Citrix")
    tag = make_tag("utskrift", "Utskrift")
    db.session.flush()
    db.session.add(TagSynonym(name="print", tag_id=tag.id))
    at(datetime(2026, 1, 10, 12, tzinfo=UTC))
    old = make_question(bjarne, title="Old printer", body="A red lamp", tags=["utskrift"])
    solving.accept(bjarne, old.id, make_answer(anne, old).id)
    at(datetime(2026, 3, 10, 12, tzinfo=UTC))
    many = make_question(anne, title="Many answers", tags=["citrix", "utskrift"])
    for number in range(4):
        make_answer(bjarne, many, body=f"Try {number}")
    at(datetime(2026, 5, 10, 12, tzinfo=UTC))
    make_question(anne, title="Nameless printer", tags=["utskrift"], is_anonymous=True)
    make_question(bjarne, title="Looked at")
    looked_at = db.session.scalars(select(Question).where(Question.title == "Looked at")).one()
    claims.claim(anne, looked_at.id)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tag:citrix", {"Many answers"}),
        ("tag:Citrix", {"Many answers"}),
        ("emne:print", {"Old printer", "Many answers", "Nameless printer"}),
        ("-tag:utskrift", {"Looked at"}),
        ("tag:utskrift -tag:citrix", {"Old printer", "Nameless printer"}),
        ("tag:nope", set()),
        ("-tag:nope", {"Old printer", "Many answers", "Nameless printer", "Looked at"}),
        ("frå:bjarne", {"Old printer", "Looked at"}),
        ("from:svartveit", {"Old printer", "Looked at"}),
        ('frå:"Bjarne Svartveit"', {"Old printer", "Looked at"}),
        ("frå:nobody", set()),
        ("-frå:bjarne", {"Many answers", "Nameless printer"}),
        ("status:løyst", {"Old printer"}),
        ("status:open", {"Nameless printer", "Looked at"}),
        ("status:sett-på", {"Looked at"}),
        ("status:svart", {"Many answers"}),
        ("-status:open", {"Old printer", "Many answers"}),
        ("status:duplikat", set()),
        ("svar:0", {"Nameless printer", "Looked at"}),
        ("svar:>3", {"Many answers"}),
        ("svar:<2", {"Old printer", "Nameless printer", "Looked at"}),
        ("-svar:0", {"Old printer", "Many answers"}),
        ("etter:2026-03-10", {"Many answers", "Nameless printer", "Looked at"}),
        ("før:2026-03-10", {"Old printer"}),
        ("etter:2026-02-01 før:2026-04", {"Many answers"}),
        ("lamp", {"Old printer"}),
        ("printer status:løyst", {"Old printer"}),
        ('"red lamp"', {"Old printer"}),
        ("printer -nameless -many", {"Old printer"}),
        ("-printer", {"Many answers", "Looked at"}),
        ('-"red lamp" tag:utskrift', {"Many answers", "Nameless printer"}),
    ],
)
def test_filters_narrow_what_is_shown(board: None, anne: Person, text: str, expected: set[str]) -> None:
    assert set(shown(anne, text)) == expected


def test_a_name_never_finds_what_was_asked_without_one_not_even_for_its_asker(board: None, anne: Person) -> None:
    for text in ("frå:anne", "frå:meg", "frå:askeland", f"frå:{anne.username}"):
        assert shown(anne, text) == ["Many answers"]
        assert shown(anne, text, Filter.MINE) == ["Many answers"]


@pytest.mark.parametrize("name", ["anne", "bjarne"])
def test_leaving_out_a_name_leaves_out_nothing_without_one(board: None, didrik: Person, name: str) -> None:
    assert "Nameless printer" in shown(didrik, f"-frå:{name}")


def test_what_is_not_there_is_said(board: None, anne: Person) -> None:
    unknown = searching.understand(anne, operators.parse("tag:nope frå:nobody tag:citrix")).unknown
    assert [term.text for term in unknown] == ["nope", "nobody"]


def test_a_pattern_in_a_name_is_only_letters(board: None, anne: Person) -> None:
    assert shown(anne, "frå:%") == shown(anne, "frå:%%x") == []
    assert shown(anne, "-%") == shown(anne, "")


@pytest.mark.parametrize("rare", [0, 2000])
def test_a_common_tag_and_a_rare_one_give_the_same(
    board: None, anne: Person, rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "RARE", rare)
    assert set(shown(anne, "tag:utskrift")) == {"Old printer", "Many answers", "Nameless printer"}


def test_words_are_paged_by_how_well_they_fit(anne: Person) -> None:
    for number in range(45):
        make_question(anne, title=f"The printer sulks {number}")
    understood = searching.understand(anne, operators.parse("printer"))
    seen, cursor = [], None
    while True:
        page = lists.questions(anne, Filter.ALL, understood=understood, cursor=cursor)
        seen += [row.id for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize("shown_as", list(Shown))
def test_each_state_is_found_by_the_words_of_the_state_that_is_shown(
    board: None, anne: Person, carla: Person, shown_as: Shown
) -> None:
    """SQL and rules.states.shown() say the same of every question."""
    moment = datetime(2026, 5, 10, 12, tzinfo=UTC)
    by_title = {each.title: each for each in db.session.scalars(select(Question))}
    by_title["Many answers"].reopened_at = moment
    lacking = make_question(anne, title="Lacking")
    lacking.info_wanted_at = moment
    double = make_question(anne, title="Double")
    double.duplicate_article = "K-12"
    db.session.flush()
    rows = lists.questions(anne, Filter.ALL).items
    expected = {row.title for row in rows if row.shown is shown_as}
    if shown_as is Shown.OPEN:  # whoever looks for what is open means all that waits
        expected |= {"Looked at", "Lacking"}
    assert set(shown(anne, f'status:"{operators.STATUSES[shown_as][0]}"')) == expected


def test_a_person_of_many_is_found_by_any_part_of_the_name(session: object, anne: Person) -> None:
    make_person("Øyvind Ås")
    for text in ("frå:øyvind", "frå:ÅS", 'frå:"Øyvind Ås"'):
        assert searching.understand(anne, operators.parse(text)).unknown == ()


def test_a_question_that_becomes_nameless_or_is_gone_is_known_at_once(anne: Person, bjarne: Person) -> None:
    """What was tried is remembered: it must be tried again when anything has changed."""
    first = make_question(anne, title="First", is_anonymous=True)
    assert shown(anne, wanted=Filter.MINE) == ["First"]
    make_question(bjarne, title="Another", is_anonymous=True)
    make_question(anne, title="Second", is_anonymous=True)
    assert set(shown(anne, wanted=Filter.MINE)) == {"First", "Second"}
    db.session.delete(first)
    db.session.flush()
    assert shown(anne, wanted=Filter.MINE) == ["Second"]
    assert shown(bjarne, wanted=Filter.MINE) == ["Another"]
