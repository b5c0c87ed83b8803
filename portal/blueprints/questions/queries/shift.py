"""Reading what the next shift takes over: what waits, what was begun, what came meanwhile, and what is dangerous."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.blueprints.questions.models.marks import Verdict
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.queries import lists
from portal.blueprints.questions.rules.marks import Kind
from portal.blueprints.questions.rules.states import State
from portal.core import clock
from portal.core.db import db
from portal.core.viewer import Viewer

MOST = 12  # of each: what does not fit in one look is in the lists


@dataclass(frozen=True, kw_only=True)
class Some:
    """The first of something, and how many there are."""

    items: Sequence[Question]
    count: int

    @property
    def more(self) -> int:
        """Give how many are not shown."""
        return self.count - len(self.items)


@dataclass(frozen=True, kw_only=True)
class Warned:
    """A dangerous answer, and why; never who said so."""

    answer: Answer
    reason: str


@dataclass(frozen=True, kw_only=True)
class Shift:
    """What is handed over."""

    waiting: Some
    begun: Some
    told_more: Some
    opened_again: Some
    dangerous: Sequence[Warned]

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to hand over."""
        some = (self.waiting, self.begun, self.told_more, self.opened_again)
        return not (self.dangerous or any(each.count for each in some))


def shift(viewer: Viewer) -> Shift:
    """Give what stands unfinished now."""
    unfinished = lists.visible().where(Question.state != State.SOLVED)
    is_begun = Question.claimed_by_id.is_not(None)
    return Shift(
        waiting=_some(longest_waiting(viewer).where(~is_begun, Question.info_given_at.is_(None))),
        begun=_some(unfinished.where(is_begun).order_by(Question.claimed_until)),
        told_more=_some(unfinished.where(Question.info_given_at.is_not(None)).order_by(Question.info_given_at)),
        opened_again=_some(
            unfinished.where(Question.reopened_at.is_not(None), ~is_begun).order_by(Question.reopened_at)
        ),
        dangerous=_dangerous(),
    )


def longest_waiting(_viewer: Viewer) -> Select[Question]:
    """Give what waits for an answer here, what has waited longest first."""
    return lists.waiting().order_by(Question.created_at, Question.id)


def _some(query: Select[Question]) -> Some:
    shown = (joinedload(Question.author), joinedload(Question.claimed_by), selectinload(Question.tags))
    items = db.session.scalars(query.options(*shown).limit(MOST)).all()
    if len(items) < MOST:
        return Some(items=items, count=len(items))
    counted = query.order_by(None).with_only_columns(func.count(), maintain_column_froms=True)
    return Some(items=items, count=db.session.scalar(counted) or 0)


def _dangerous() -> list[Warned]:
    yesterday = clock.at_wall(clock.today() - timedelta(days=1), time(0))
    query = (
        select(Answer, Verdict.reason)
        .join(Verdict, Verdict.answer_id == Answer.id)
        .join(Question, Question.id == Answer.question_id)
        .where(Verdict.kind == Kind.DANGEROUS, Verdict.created_at >= yesterday, Verdict.settled_at.is_(None))
        .where(Answer.is_hidden.is_(False), Question.is_hidden.is_(False))
        .options(joinedload(Answer.question))
        .order_by(Verdict.created_at.desc())
    )
    return [Warned(answer=answer, reason=reason) for answer, reason in db.session.execute(query.limit(MOST))]
