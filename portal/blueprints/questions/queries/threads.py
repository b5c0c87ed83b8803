"""Reading one question with all that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.blueprints.questions.models.marks import Following, Thanks, Wondering
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.queries import authors
from portal.blueprints.questions.queries.authors import Alias
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Thread:
    """All that a question's page shows, loaded in a fixed number of queries."""

    question: Question
    answers: Sequence[Answer]
    thanks: dict[int, int]
    thanked: frozenset[int]
    wondering: int
    wonders_too: bool
    follows: bool
    aliases: dict[str, Alias]


def get_question(viewer: Viewer, question_id: int, *, for_update: bool = False) -> Question:
    """Give a question that the viewer may see, locked when it is about to be changed."""
    query = select(Question).where(Question.id == question_id)
    question = db.session.scalar(query.with_for_update() if for_update else query)
    if question is None or (question.is_hidden and not viewer.may("questions.moderate")):
        raise NotFound(N_("We cannot find that question."))
    return question


def get_answer(viewer: Viewer, question_id: int, answer_id: int, *, for_update: bool = False) -> Answer:
    """Give an answer of that question; ids that do not belong together are not found."""
    question = get_question(viewer, question_id)
    query = select(Answer).where(Answer.id == answer_id, Answer.question_id == question.id)
    answer = db.session.scalar(query.with_for_update() if for_update else query)
    if answer is None or (answer.is_hidden and not viewer.may("questions.moderate")):
        raise NotFound(N_("We cannot find that answer."))
    return answer


def thread(viewer: Viewer, question_id: int) -> Thread:
    """Give a question with its answers; what solved it comes first."""
    question = get_question(viewer, question_id)
    answers = _answers(viewer, question)
    given = select(Thanks.answer_id, func.count()).join(Answer).where(Answer.question_id == question.id)
    counts = {answer_id: n for answer_id, n in db.session.execute(given.group_by(Thanks.answer_id))}
    own = select(Thanks.answer_id).join(Answer).where(Answer.question_id == question.id, Thanks.person_id == viewer.id)
    wondering = list(db.session.scalars(select(Wondering.person_id).where(Wondering.question_id == question.id)))
    return Thread(
        question=question,
        answers=answers,
        thanks=counts,
        thanked=frozenset(db.session.scalars(own)),
        wondering=len(wondering),
        wonders_too=viewer.id in wondering,
        follows=db.session.get(Following, (question.id, viewer.id)) is not None,
        aliases=authors.aliases(question),
    )


def _answers(viewer: Viewer, question: Question) -> Sequence[Answer]:
    query = select(Answer).where(Answer.question_id == question.id).options(joinedload(Answer.author))
    if not viewer.may("questions.moderate"):
        query = query.where(Answer.is_hidden.is_(False))
    answers = db.session.scalars(query.order_by(Answer.id)).all()
    return sorted(answers, key=lambda answer: answer.id != question.accepted_answer_id)


def followers(question_id: int) -> Sequence[int]:
    """Give the ids of those who want to hear what comes of a question. For notices, not for showing."""
    return db.session.scalars(select(Following.person_id).where(Following.question_id == question_id)).all()
