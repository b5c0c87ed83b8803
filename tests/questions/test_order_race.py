"""Many at once on the same threads: real threads on a database of their own, on either engine. Nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select

from portal.blueprints.people import queries as people
from portal.blueprints.people.rules import Role
from portal.blueprints.questions.models.flags import Flag
from portal.blueprints.questions.models.posts import Answer, Comment, Question
from portal.blueprints.questions.models.transfers import Transfer
from portal.blueprints.questions.queries import duplicates as leading
from portal.blueprints.questions.rules.order import Outcome, Reason
from portal.blueprints.questions.service import answering, commenting, duplicates, flagging, moderation
from portal.core.db import db, transaction
from tests.factories.people import make_person
from tests.factories.questions import make_answer, make_question
from tests.racing import Act, race


def by(person_id: int, verb: Callable[..., object], *args: object, **named: object) -> Act:
    return lambda: verb(people.get_person(person_id), *args, **named)


def prepare(own: Flask, questions: int, answers: int = 3) -> tuple[int, list[int]]:
    with own.app_context(), transaction():
        keeper = make_person(roles={Role.ADMINISTRATOR})
        asked = [make_question(keeper, f"Question {number}") for number in range(questions)]
        for each in asked:
            for _ in range(answers):
                make_answer(keeper, each)
        return keeper.id, [each.id for each in asked]


def all_is_there(own: Flask, *, answers: int) -> None:
    """Check what must hold however the race went."""
    with own.app_context(), transaction():
        counted = Counter(db.session.scalars(select(Answer.question_id)))
        assert sum(counted.values()) == answers
        for question in db.session.scalars(select(Question)):
            assert question.answer_count == counted[question.id], f"question {question.id} is counted wrongly"
            if question.duplicate_of_id is not None:
                assert counted[question.id] == 0, f"answers are left behind on signpost {question.id}"
                end = db.session.get_one(Question, leading.end_of(question.id))
                assert end.duplicate_of_id is None, "a circle"
        for comment in db.session.scalars(select(Comment).where(Comment.answer_id.is_not(None))):
            assert comment.question_id == db.session.get_one(Answer, comment.answer_id).question_id
        standing = select(func.count()).where(Transfer.way == "duplicate", Transfer.undone_at.is_(None))
        marked = select(func.count()).where(Question.duplicate_of_id.is_not(None))
        assert db.session.scalar(standing) == db.session.scalar(marked)


def test_answers_that_arrive_while_two_merge_and_undo_are_all_there(own: Flask) -> None:
    keeper, (first, again) = prepare(own, 2)
    merging = [by(keeper, duplicates.mark, again, original_id=first), by(keeper, duplicates.undo, again)] * 6
    writing = [by(keeper, answering.answer, again, body="Meanwhile")] * 24
    refused = race(own, [act for pair in zip(merging * 2, writing, strict=True) for act in pair])
    assert refused == []
    all_is_there(own, answers=6 + 24)


def test_comments_that_arrive_while_their_answer_moves_stay_with_it(own: Flask) -> None:
    keeper, (first, again) = prepare(own, 2, answers=1)
    with own.app_context(), transaction():
        answer_id = db.session.scalars(select(Answer.id).where(Answer.question_id == again)).one()
    merging = [by(keeper, duplicates.mark, again, original_id=first), by(keeper, duplicates.undo, again)] * 6
    writing = [by(keeper, commenting.comment, again, answer_id=answer_id, body="Meanwhile")] * 12
    refused = race(own, [act for pair in zip(merging, writing, strict=True) for act in pair])
    assert refused == []
    all_is_there(own, answers=2)
    with own.app_context(), transaction():
        assert db.session.scalar(select(func.count()).select_from(Comment)) == 12


def test_merging_in_a_ring_never_closes_the_circle(own: Flask) -> None:
    keeper, ids = prepare(own, 5, answers=2)
    acts = [
        by(keeper, duplicates.mark, one, original_id=other) for one, other in zip(ids, ids[1:] + ids[:1], strict=True)
    ]
    undoing = [by(keeper, duplicates.undo, one) for one in ids[::2]]
    race(own, (acts + undoing + acts[::-1]) * 2)
    all_is_there(own, answers=10)


def test_of_two_who_merge_with_different_questions_one_is_told(own: Flask) -> None:
    keeper, (again, first, second) = prepare(own, 3, answers=1)
    both = [by(keeper, duplicates.mark, again, original_id=target) for target in (first, second)]
    refused = race(own, both)
    assert len(refused) == 1
    all_is_there(own, answers=3)


def test_moves_splits_and_their_undoing_lose_nothing(own: Flask) -> None:
    keeper, (one, other, third) = prepare(own, 3, answers=4)
    with own.app_context(), transaction():
        names = [f"answer-{each}" for each in db.session.scalars(select(Answer.id).where(Answer.question_id == one))]

    def undo_newest() -> None:
        newest = select(Transfer).where(Transfer.undone_at.is_(None), Transfer.way != "duplicate")
        transfer = db.session.scalars(newest.order_by(Transfer.id.desc())).first()
        if transfer:
            moderation.undo(people.get_person(keeper), transfer.source_id, transfer.id)

    acts: list[Act] = []
    for name in names:
        acts.append(by(keeper, moderation.move, one, [name], target_id=other))
        acts.append(by(keeper, moderation.split, one, [name], title="A part"))
        acts.append(by(keeper, answering.answer, one, body="Meanwhile"))
        acts.append(by(keeper, duplicates.mark, other, original_id=third))
        acts.append(undo_newest)
        acts.append(by(keeper, duplicates.undo, other))
    race(own, acts * 2)
    all_is_there(own, answers=12 + 8)


def test_one_person_flags_a_post_once_however_often_they_press(own: Flask) -> None:
    keeper, (asked,) = prepare(own, 1, answers=0)
    with own.app_context(), transaction():
        flaggers = [make_person().id for _ in range(4)]

    def flag(person_id: int) -> Act:
        return lambda: flagging.flag(
            people.get_person(person_id), db.session.get_one(Question, asked), reason=Reason.PATIENT
        )

    refused = race(own, [flag(person_id) for person_id in flaggers for _ in range(3)])
    assert len(refused) == 8
    with own.app_context(), transaction():
        found = list(db.session.scalars(select(Flag.id)))
        assert len(found) == 4
        assert db.session.get_one(Question, asked).is_hidden
    race(own, [by(keeper, flagging.settle, flag_id, outcome=Outcome.LEFT) for flag_id in found * 2])
    with own.app_context(), transaction():
        assert not db.session.get_one(Question, asked).is_hidden
        assert all(each.settled_at for each in db.session.scalars(select(Flag)))
