"""Reading which answers wait for somebody who tries them, after a system that they are about has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from portal.blueprints.questions.models.marks import Verdict
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.models.tags import QuestionTag, Tag
from portal.blueprints.questions.queries.threads import Thread
from portal.blueprints.questions.rules import review
from portal.blueprints.questions.rules.marks import Kind
from portal.blueprints.questions.rules.review import Check
from portal.core.db import db
from portal.core.paging import Page, keyset
from portal.core.viewer import Viewer

PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Tried:
    """When an answer was last known to hold, and when somebody last warned of it."""

    confirmed: datetime | None
    doubted: datetime | None


def tried(thread: Thread, answer: Answer) -> Tried:
    """Tell when an answer of a thread was last known to hold; all of it is read already."""
    question = thread.question
    accepted_at = question.solved_at if question.accepted_answer_id == answer.id else None
    worked_at = thread.mark(Kind.WORKS, answer.id).last_at
    warned_at = [thread.mark(kind, answer.id).last_at for kind in (Kind.OUTDATED, Kind.DANGEROUS)]
    return Tried(
        confirmed=review.confirmed_at([answer.created_at, answer.changed_at, accepted_at, worked_at]),
        doubted=review.confirmed_at(warned_at),
    )


def checks_of(tags: Sequence[Tag]) -> list[Check]:
    """Give the checks that these tags ask for."""
    return [Check(since=tag.check_since, reason=tag.check_reason) for tag in tags if tag.check_since is not None]


def check_of(thread: Thread, answer: Answer) -> Check | None:
    """Find the check that an answer of a thread waits for."""
    checks = checks_of(thread.question.tags)
    if not checks:
        return None
    known = tried(thread, answer)
    return review.waits_for(checks, confirmed=known.confirmed, doubted=known.doubted)


def waiting(_viewer: Viewer, *, tag: str = "", cursor: str | None = None) -> Page[Answer]:
    """Give a page of the answers that wait for a check, the newest first."""
    tag_ids = [each.id for each in checked_tags() if tag in {"", each.slug}]
    if not tag_ids:
        return Page(items=[])
    shown = joinedload(Answer.question).selectinload(Question.tags)
    query = _waiting(tag_ids).options(joinedload(Answer.author), shown)
    return keyset(query, Answer.id, cursor=cursor, size=PAGE)


def checked_tags() -> Sequence[Tag]:
    """Give the tags whose answers are to be checked, the newest change first."""
    return db.session.scalars(select(Tag).where(Tag.check_since.is_not(None)).order_by(Tag.check_since.desc())).all()


def _waiting(tag_ids: Sequence[int]) -> Select[Answer]:
    # Few tags are checked at a time: the answers of the others are not looked at.
    about = select(QuestionTag.question_id).where(QuestionTag.tag_id.in_(tag_ids))
    is_waiting = exists(
        select(Tag.id)
        .join(QuestionTag, QuestionTag.tag_id == Tag.id)
        .where(QuestionTag.question_id == Answer.question_id, Tag.id.in_(tag_ids), _is_untried_since())
    )
    return (
        select(Answer)
        .join(Question, Question.id == Answer.question_id)
        .where(Answer.is_hidden.is_(False), Question.is_hidden.is_(False), Answer.question_id.in_(about), is_waiting)
    )


def _is_untried_since() -> ColumnElement[bool]:
    is_solution = and_(Question.accepted_answer_id == Answer.id, Question.solved_at >= Tag.check_since)
    spoken = exists().where(Verdict.answer_id == Answer.id, Verdict.created_at >= Tag.check_since)
    return and_(
        Answer.created_at < Tag.check_since,
        or_(Answer.changed_at.is_(None), Answer.changed_at < Tag.check_since),
        or_(Question.accepted_answer_id.is_(None), Question.solved_at.is_(None), ~is_solution),
        ~spoken.correlate(Answer, Tag),
    )
