"""Reading the board, always for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.blueprints.questions.models import Answer, Following, Picture, Question, QuestionTag, Tag, Thanks, Wondering
from portal.blueprints.questions.rules import Filter, State
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.paging import Page, keyset
from portal.core.viewer import Viewer

PAGE = 20


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


def _visible() -> Select[Question]:
    return select(Question).where(Question.is_hidden.is_(False))


def _for_lists(query: Select[Question]) -> Select[Question]:
    return query.options(joinedload(Question.author), selectinload(Question.tags))


def questions(viewer: Viewer, wanted: Filter, *, tag: str = "", cursor: str | None = None) -> Page[Question]:
    """Give a page of one of the lists, newest first."""
    query = _for_lists(_visible())
    if wanted is Filter.UNANSWERED:
        query = query.where(Question.state == State.OPEN)
    elif wanted is Filter.SOLVED:
        query = query.where(Question.state == State.SOLVED)
    elif wanted is Filter.MINE:
        query = query.where(Question.author_id == viewer.id)
    if tag:
        about = select(QuestionTag.question_id).join(Tag).where(Tag.slug == tag)
        query = query.where(Question.id.in_(about))
    return keyset(query, Question.created_at, Question.id, cursor=cursor, size=PAGE)


def newest(_viewer: Viewer, limit: int) -> Sequence[Question]:
    """Give the newest questions, for the front page."""
    return db.session.scalars(_for_lists(_visible()).order_by(Question.id.desc()).limit(limit)).all()


def unanswered_count(_viewer: Viewer) -> int:
    """Count what waits for an answer."""
    waiting = select(func.count()).where(Question.state == State.OPEN, Question.is_hidden.is_(False))
    return db.session.scalar(waiting) or 0


def one_to_answer(viewer: Viewer) -> Question | None:
    """Find the question that has waited longest and that somebody else asked."""
    waiting = _visible().where(Question.state == State.OPEN, Question.author_id != viewer.id)
    return db.session.scalar(waiting.order_by(Question.created_at).limit(1))


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
    if answer is None:
        raise NotFound(N_("We cannot find that answer."))
    return answer


def thread(viewer: Viewer, question_id: int) -> Thread:
    """Give a question with its answers; what solved it comes first."""
    question = get_question(viewer, question_id)
    answers = _answers(question)
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
    )


def _answers(question: Question) -> Sequence[Answer]:
    query = select(Answer).where(Answer.question_id == question.id).options(joinedload(Answer.author))
    answers = db.session.scalars(query.order_by(Answer.id)).all()
    return sorted(answers, key=lambda answer: answer.id != question.accepted_answer_id)


def followers(question_id: int) -> Sequence[int]:
    """Give the ids of those who want to hear what comes of a question. For notices, not for showing."""
    return db.session.scalars(select(Following.person_id).where(Following.question_id == question_id)).all()


def tags() -> Sequence[Tag]:
    """Give every tag."""
    return db.session.scalars(select(Tag).order_by(Tag.name_nn)).all()


def tags_by_slug(slugs: Sequence[str]) -> list[Tag]:
    """Give the tags with these slugs; unknown ones are left out."""
    return list(db.session.scalars(select(Tag).where(Tag.slug.in_(slugs)))) if slugs else []


def get_picture(viewer: Viewer, token: str) -> Picture:
    """Give a picture: one's own, or one in a question that the viewer may see."""
    picture = db.session.get(Picture, token)
    if picture is None:
        raise NotFound(N_("We cannot find that picture."))
    if picture.owner_id != viewer.id:
        if picture.question_id is None:
            raise NotFound(N_("We cannot find that picture."))
        get_question(viewer, picture.question_id)
    return picture


def loose_pictures(before: datetime) -> Sequence[Picture]:
    """Give the pictures that were uploaded and never posted. For the nightly sweep."""
    return db.session.scalars(select(Picture).where(Picture.question_id.is_(None), Picture.created_at < before)).all()


def changed_after(question_id: int, limit: int) -> Sequence[Question]:
    """Give questions in the order of their ids, with all that the index wants. For indexing, whoever looks."""
    query = (
        _visible().where(Question.id > question_id).options(selectinload(Question.tags), selectinload(Question.answers))
    )
    return db.session.scalars(query.order_by(Question.id).limit(limit)).all()
