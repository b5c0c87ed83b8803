"""What the demo desk says of its answers from everyday use, what waits for a check, and who hands what over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.marks import Verdict
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.rules.marks import Kind
from portal.blueprints.questions.service import claims
from portal.core.db import db
from portal.demo import content


def make_marks(people: Mapping[str, Person], tags: Mapping[str, Tag]) -> None:
    """Make them all. What is past is written straight; who looks now goes through the services, and is told."""
    written = content.read("marks")
    for each in written["verdicts"]:
        _make_verdicts(each, people)
    for each in written["checks"]:
        tag = tags[each["tag"]]
        tag.check_since, tag.check_reason = content.moment(each["minutes_ago"]), each["reason"]
    db.session.flush()
    for each in written["looking_too"]:
        claims.join(people[each["by"]], _find(each["question"]).id)
    for each in written["hand_overs"]:
        claims.hand_over(people[each["from"]], _find(each["question"]).id, people[each["to"]].id)


def _make_verdicts(each: Mapping[str, Any], people: Mapping[str, Person]) -> None:
    mine = Answer.question_id == _find(each["question"]).id, Answer.author_id == people[each["author"]].id
    answer = db.session.scalars(select(Answer).where(*mine).order_by(Answer.id)).first()
    if answer is None:
        raise LookupError(each["question"])
    said_at = max(content.moment(each["minutes_ago"]), answer.created_at)
    for slug in each["by"]:
        verdict = Verdict(answer_id=answer.id, person_id=people[slug].id, kind=Kind(each["kind"]), created_at=said_at)
        verdict.reason, verdict.answer_version = each["reason"], answer.version
        db.session.add(verdict)


def _find(title: str) -> Question:
    return db.session.scalars(select(Question).where(Question.title == title)).one()
