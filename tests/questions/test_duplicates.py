"""A question that was asked before: everything goes, everything comes back, and nothing is lost on the way."""

from __future__ import annotations

from itertools import pairwise

import pytest
from sqlalchemy import select

from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.questions.models.marks import Following, Thanks, Wondering
from portal.blueprints.questions.models.posts import Answer, Comment, Question
from portal.blueprints.questions.queries import authors, duplicates, order
from portal.blueprints.questions.rules.states import Shown, State
from portal.blueprints.questions.service import (
    answering,
    commenting,
    marks,
    moderation,
    solving,
)
from portal.blueprints.questions.service import (
    duplicates as merging,
)
from portal.blueprints.search import queries as search
from portal.core.audit import AuditEntry
from portal.core.db import Base, db
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories.people import make_person
from tests.factories.questions import make_answer, make_question

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def peer() -> Person:
    return make_person(roles={Role.PEER_SUPPORTER})


def picture_of(*threads: Question) -> list[object]:
    """Say all that stands in some threads, so that two moments can be compared."""
    db.session.flush()
    db.session.expire_all()
    ids = [thread.id for thread in threads]

    def rows(model: type[Base], *columns: str) -> list[tuple[object, ...]]:
        found = db.session.scalars(select(model).where(model.question_id.in_(ids)))  # type: ignore[attr-defined]
        return sorted((tuple(getattr(row, name) for name in columns) for row in found), key=repr)

    own = [
        (q.id, q.state, q.answer_count, q.accepted_answer_id, q.solved_at, q.accepted_by_peer, q.duplicate_of_id)
        for q in threads
    ]
    return [
        own,
        rows(Answer, "id", "question_id", "body", "mask", "author_id", "is_hidden"),
        rows(Comment, "id", "question_id", "answer_id", "body", "is_hidden"),
        rows(Following, "question_id", "person_id"),
        rows(Wondering, "question_id", "person_id"),
    ]


def stand_in(question: Question) -> list[int]:
    return list(db.session.scalars(select(Answer.id).where(Answer.question_id == question.id).order_by(Answer.id)))


def follow(question: Question) -> set[int]:
    return set(db.session.scalars(select(Following.person_id).where(Following.question_id == question.id)))


def test_answers_thanks_comments_and_followers_go_and_all_of_it_comes_back_any_number_of_times(
    anne: Person, bjarne: Person, didrik: Person, carla: Person
) -> None:
    first, again = make_question(bjarne, "Printer offline"), make_question(anne, "The printer is not there")
    own, moved = make_answer(anne, first, "Ours"), make_answer(bjarne, again, "Restart it")
    nameless = make_answer(didrik, again, "Or the other one", is_anonymous=True)
    commenting.comment(carla, again.id, answer_id=moved.id, body="Which one?")
    marks.thank(anne, again.id, moved.id)
    marks.wonder_too(didrik, again.id, too=True)
    solving.accept(anne, again.id, moved.id)
    before = picture_of(first, again)
    for _ in range(3):
        merging.mark(anne, again.id, original_id=first.id)
        assert stand_in(first) == [own.id, moved.id, nameless.id]
        assert stand_in(again) == []
        assert (first.answer_count, again.answer_count, again.state) == (3, 0, State.OPEN)
        assert again.shown == Shown.DUPLICATE
        assert follow(first) >= {anne.id, bjarne.id, didrik.id}
        assert follow(again) <= follow(first)
        assert db.session.get(Wondering, (first.id, didrik.id))
        assert db.session.get(Thanks, (moved.id, anne.id))
        remark = db.session.scalars(select(Comment)).one()
        assert (remark.question_id, remark.answer_id) == (first.id, moved.id)
        merging.undo(anne, again.id)
        assert picture_of(first, again) == before


def test_what_is_written_on_the_target_meanwhile_stays_there(anne: Person, bjarne: Person, carla: Person) -> None:
    first, again = make_question(bjarne, "Printer offline"), make_question(anne, "The printer is not there")
    moved = make_answer(carla, again)
    merging.mark(anne, again.id, original_id=first.id)
    new = make_answer(anne, first, "Written after")
    solving.accept(bjarne, first.id, moved.id)
    merging.undo(anne, again.id)
    assert (stand_in(first), stand_in(again)) == ([new.id], [moved.id])
    assert first.accepted_answer_id is None
    assert first.state == State.ANSWERED
    assert anne.id in follow(first), "who has written there goes on hearing of it"
    assert carla.id not in follow(first)


def test_an_answer_to_the_old_page_goes_where_it_leads(anne: Person, bjarne: Person) -> None:
    first, again = make_question(bjarne, "Printer offline"), make_question(anne, "The printer is not there")
    kept = make_answer(bjarne, again)
    merging.mark(anne, again.id, original_id=first.id)
    assert answering.answer(bjarne, again.id, body="Late").question_id == first.id
    assert commenting.comment(bjarne, again.id, answer_id=kept.id, body="Late too").question_id == first.id


def test_a_chain_is_followed_to_its_end_and_comes_apart_link_by_link(anne: Person, bjarne: Person) -> None:
    a, b, c = (make_question(anne, f"Question {name}") for name in "abc")
    of_a, of_b, of_c = (make_answer(bjarne, each, f"Answer {each.title}") for each in (a, b, c))
    before = picture_of(a, b, c)
    merging.mark(anne, a.id, original_id=b.id)
    merging.mark(anne, b.id, original_id=c.id)
    assert stand_in(c) == [of_a.id, of_b.id, of_c.id]
    assert duplicates.end_of(a.id) == c.id
    assert {each.id for each in duplicates.in_other_words(c.id)} == {a.id, b.id}
    merging.undo(anne, a.id)
    assert (stand_in(a), stand_in(b), stand_in(c)) == ([of_a.id], [], [of_b.id, of_c.id])
    merging.undo(anne, b.id)
    assert picture_of(a, b, c) == before


def test_a_new_duplicate_of_a_duplicate_leads_straight_to_the_end(anne: Person) -> None:
    a, b, c = (make_question(anne, f"Question {name}") for name in "abc")
    merging.mark(anne, b.id, original_id=c.id)
    assert merging.mark(anne, a.id, original_id=b.id).id == c.id
    assert a.duplicate_of_id == c.id


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_circle_is_refused(anne: Person, steps: int) -> None:
    asked = [make_question(anne, f"Question {number}") for number in range(steps + 1)]
    for one, other in pairwise(asked):
        merging.mark(anne, one.id, original_id=other.id)
    with pytest.raises(Invalid):
        merging.mark(anne, asked[-1].id, original_id=asked[0].id)


def test_what_went_elsewhere_after_it_came_home_is_not_taken_twice(anne: Person, bjarne: Person) -> None:
    a, b, c = (make_question(anne, f"Question {name}") for name in "abc")
    moved = make_answer(bjarne, a)
    merging.mark(anne, a.id, original_id=b.id)
    merging.mark(anne, b.id, original_id=c.id)
    merging.undo(anne, a.id)
    merging.mark(anne, a.id, original_id=c.id)
    merging.undo(anne, b.id)
    assert stand_in(c) == [moved.id]
    merging.undo(anne, a.id)
    assert stand_in(a) == [moved.id]


def test_the_asker_peers_and_who_keeps_order_may_and_others_may_not(
    anne: Person, bjarne: Person, carla: Person, didrik: Person, peer: Person
) -> None:
    first = make_question(bjarne, "The one")
    for person in (anne, peer, carla):
        question = make_question(anne, "Again")
        merging.mark(person, question.id, original_id=first.id)
        merging.undo(person, question.id)
        with pytest.raises(NotAllowed):
            merging.mark(didrik, question.id, original_id=first.id)
        merging.mark(person, question.id, original_id=first.id)
        with pytest.raises(NotAllowed):
            merging.undo(didrik, question.id)


def test_an_asker_without_a_name_leaves_no_trace_of_who_merged(anne: Person, bjarne: Person) -> None:
    first, again = make_question(bjarne, "The one"), make_question(anne, "Again", is_anonymous=True)
    merging.mark(anne, again.id, original_id=first.id)
    assert db.session.scalars(select(AuditEntry)).all() == []
    assert anne.id not in follow(first)


def test_hands_without_a_name_do_not_join_across_threads(anne: Person, bjarne: Person, didrik: Person) -> None:
    first = make_question(anne, "The one", is_anonymous=True)
    again = make_question(bjarne, "Again", is_anonymous=True)
    there = make_answer(didrik, first, "In one", is_anonymous=True)
    here = make_answer(didrik, again, "In the other", is_anonymous=True)
    own = make_answer(bjarne, again, "It was the cable", is_anonymous=True)
    merging.mark(bjarne, again.id, original_id=first.id)
    named = authors.aliases(first, [there, here, own])
    assert len({named[post.mask or ""] for post in (there, here, own)}) == 3
    assert not any(alias.is_asker for mask, alias in named.items() if mask != first.mask)
    assert authors.is_author(didrik, here)


def test_a_hidden_or_closed_question_takes_nothing(anne: Person, bjarne: Person, carla: Person) -> None:
    first, again = make_question(bjarne, "The one"), make_question(anne, "Again")
    moderation.close(carla, first.id, closed=True)
    with pytest.raises(Conflict):
        merging.mark(anne, again.id, original_id=first.id)
    moderation.hide(carla, first.id, hidden=True)
    with pytest.raises(NotFound):
        merging.mark(anne, again.id, original_id=first.id)
    with pytest.raises(Conflict):
        merging.mark(carla, again.id, original_id=first.id)


def test_an_article_may_be_the_answer(anne: Person, bjarne: Person) -> None:
    question = make_question(anne, "How do I map a printer?")
    answer = make_answer(bjarne, question)
    merging.mark_article(anne, question.id, number="kb 10482")
    assert (question.duplicate_article, question.shown) == ("KB10482", Shown.DUPLICATE)
    with pytest.raises(Conflict):
        merging.mark(anne, question.id, original_id=make_question(bjarne, "Other").id)
    merging.undo(anne, question.id)
    assert (question.duplicate_article, question.shown) == ("", Shown.ANSWERED)
    assert stand_in(question) == [answer.id]
    with pytest.raises(Invalid):
        merging.mark_article(anne, question.id, number="the one about printers")


def test_the_asker_and_followers_are_told_once(anne: Person, bjarne: Person, carla: Person, didrik: Person) -> None:
    first, again = make_question(bjarne, "The one"), make_question(anne, "Again")
    marks.choose_following(didrik, again.id, wanted=True)
    for _ in range(2):
        merging.mark(carla, again.id, original_id=first.id)
        merging.undo(carla, again.id)
    told = db.session.scalars(select(Notice).where(Notice.kind == "questions.merged")).all()
    assert {(notice.person_id, notice.count) for notice in told} == {(anne.id, 1), (didrik.id, 1)}


def test_the_words_of_the_duplicate_lead_to_the_target(anne: Person, bjarne: Person, didrik: Person) -> None:
    first, again = make_question(bjarne, "Printer offline"), make_question(anne, "Xylofon will not print")
    merging.mark(anne, again.id, original_id=first.id)
    assert [hit.ref for hit in search.similar(didrik, "xylofon print", kinds=["question"])] == [first.id]
    further = make_question(bjarne, "The printer of the ward")
    merging.mark(bjarne, first.id, original_id=further.id)
    assert [hit.ref for hit in search.similar(didrik, "xylofon print", kinds=["question"])] == [further.id]
    merging.undo(anne, again.id)
    assert again.id in [hit.ref for hit in search.similar(didrik, "xylofon print", kinds=["question"])]


def test_the_page_of_each_says_where_the_other_is(anne: Person, bjarne: Person, didrik: Person) -> None:
    first, again = make_question(bjarne, "The one"), make_question(anne, "Again")
    merging.mark(anne, again.id, original_id=first.id)
    assert order.surroundings(didrik, again, [], may_decide=False).target is first
    assert order.surroundings(didrik, first, [], may_decide=False).in_other_words == [again]


def test_somebody_with_the_old_page_open_finds_the_answer_where_it_stands(anne: Person, bjarne: Person) -> None:
    first, again = make_question(bjarne, "The one"), make_question(anne, "Again")
    moved, own = make_answer(bjarne, again), make_answer(anne, first)
    merging.mark(anne, again.id, original_id=first.id)
    assert duplicates.where_it_stands(again.id, moved.id) == first.id
    other = make_question(bjarne, "Another")
    assert duplicates.where_it_stands(other.id, own.id) == other.id
