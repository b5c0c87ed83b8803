"""The board of the demo desk: a hundred and twenty questions over a year and a half, the newest from this morning."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.marks import Following, Thanks, Wondering
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.queries import authors
from portal.blueprints.questions.rules import posts as rules
from portal.blueprints.questions.rules.states import CLAIM_LASTS
from portal.blueprints.questions.service import posting
from portal.core import clock
from portal.core.db import db
from portal.demo import content

FILES = ("questions-1", "questions-2", "questions-3")


def make_questions(people: Mapping[str, Person], tags: Mapping[str, Tag]) -> None:
    """Make the board, oldest first, so that ids rise with time. Nobody gets notices for what is long past."""
    written = [each for name in FILES for each in content.read(name)]
    for each in sorted(written, key=lambda each: -each["minutes_ago"]):
        _make_question(each, people, tags)
    db.session.flush()


def _make_question(each: Mapping[str, Any], people: Mapping[str, Person], tags: Mapping[str, Tag]) -> None:
    asked_at = content.moment(each["minutes_ago"])
    question = Question(
        title=each["title"],
        body=each["body"],
        tags=[tags[slug] for slug in each["tags"]],
        active_at=asked_at,
    )
    _sign(question, each, people, asked_at, question=question)
    if each.get("looking"):
        question.claimed_by_id = people[each["looking"]].id
        question.claimed_until = clock.now() + CLAIM_LASTS
    db.session.add(question)
    db.session.flush()
    if question.author_id:
        db.session.add(Following(question_id=question.id, person_id=question.author_id))
    others = [person.id for person in people.values() if person is not people[each["author"]]]
    for person_id in _some(others, each.get("wondering", 0), start=question.id):
        db.session.add(Wondering(question_id=question.id, person_id=person_id))
    for answer in sorted(each["answers"], key=lambda answer: answer["minutes_after"]):
        _make_answer(answer, question, people, asked_at)


def _make_answer(each: Mapping[str, Any], question: Question, people: Mapping[str, Person], asked_at: datetime) -> None:
    # The newest may have been written as if an answer came a little later than now.
    answered_at = min(asked_at + timedelta(minutes=each["minutes_after"]), clock.now() - timedelta(minutes=1))
    author = people[each["author"]]
    answer = Answer(question_id=question.id, body=each["body"])
    _sign(answer, each, people, answered_at, question=question)
    db.session.add(answer)
    db.session.flush()
    posting.number_hand(answer)
    question.count_answers(1)
    question.active_at = answered_at
    if each["accepted"]:
        question.accept(answer.id, answered_at + timedelta(minutes=2))
    others = [person.id for person in people.values() if person.id != author.id]
    for person_id in _some(others, each["thanks"], start=answer.id):
        db.session.add(Thanks(answer_id=answer.id, person_id=person_id, created_at=answered_at))
    said_at = answered_at
    for remark in each.get("comments", ()):  # in the order in which they were said, whatever their minutes say
        said_at = max(said_at, answered_at + timedelta(minutes=remark["minutes_after"])) + timedelta(minutes=1)
        _make_comment(remark, answer, question, people, said_at)


def _make_comment(
    each: Mapping[str, Any], answer: Answer, question: Question, people: Mapping[str, Person], said_at: datetime
) -> None:
    written_at = min(said_at, clock.now())
    comment = Comment(question_id=question.id, answer_id=answer.id, body=each["body"])
    _sign(comment, each, people, written_at, question=question)
    db.session.add(comment)
    db.session.flush()
    posting.number_hand(comment)


def _sign(
    post: Post, each: Mapping[str, Any], people: Mapping[str, Person], moment: datetime, *, question: Question
) -> None:
    """Say whose it is; some of the demo desk ask and answer without their name."""
    author, post.created_at = people[each["author"]], moment
    if not each.get("nameless"):
        post.author_id = author.id
        return
    post.salt = question.salt = question.salt or secrets.token_hex(16)
    post.mask = authors.masks(author.id, post.salt)[0]
    post.created_at = rules.coarse(moment)


def _some(ids: list[int], count: int, *, start: int) -> list[int]:
    """Take so many, not always the same."""
    return list(islice(cycle(ids), start * 7 % len(ids), start * 7 % len(ids) + min(count, len(ids))))
