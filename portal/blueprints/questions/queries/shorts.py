"""Reading a question in short, for those who are about to ask the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.queries import threads
from portal.core.db import db
from portal.core.viewer import Viewer

ANSWERS = 2


@dataclass(frozen=True, kw_only=True)
class Short:
    """A question and what answers it: the solution, or the first answers."""

    question: Question
    answers: Sequence[Answer]


def short(viewer: Viewer, question_id: int) -> Short:
    """Give a question in short."""
    question = threads.get_question(viewer, question_id)
    shown = select(Answer).where(Answer.question_id == question.id, Answer.is_hidden.is_(False))
    if question.accepted_answer_id:
        shown = shown.where(Answer.id == question.accepted_answer_id)
    return Short(question=question, answers=db.session.scalars(shown.order_by(Answer.id).limit(ANSWERS)).all())
