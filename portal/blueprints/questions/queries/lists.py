"""The lists of the board."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.models.tags import QuestionTag, Tag
from portal.blueprints.questions.queries import authors
from portal.blueprints.questions.rules.states import Filter, State
from portal.core.db import db
from portal.core.paging import Page, keyset
from portal.core.viewer import Viewer

PAGE = 20


def visible() -> Select[Question]:
    """Give the questions that everybody may read."""
    return select(Question).where(Question.is_hidden.is_(False))


def waiting() -> Select[Question]:
    """Give the questions that wait for an answer here."""
    return visible().where(
        Question.state == State.OPEN, Question.duplicate_of_id.is_(None), Question.duplicate_article == ""
    )


def for_lists(query: Select[Question]) -> Select[Question]:
    """Load with the questions what a row of a list shows."""
    return query.options(joinedload(Question.author), selectinload(Question.tags))


def questions(viewer: Viewer, wanted: Filter, *, tag: str = "", cursor: str | None = None) -> Page[Question]:
    """Give a page of one of the lists, newest first."""
    query = for_lists(waiting() if wanted is Filter.UNANSWERED else visible())
    if wanted is Filter.SOLVED:
        query = query.where(Question.state == State.SOLVED)
    elif wanted is Filter.MINE:
        query = query.where(authors.by(viewer, Question))
    if tag:
        about = select(QuestionTag.question_id).join(Tag).where(Tag.slug == tag)
        query = query.where(Question.id.in_(about))
    return keyset(query, Question.created_at, Question.id, cursor=cursor, size=PAGE)


def newest(_viewer: Viewer, limit: int) -> Sequence[Question]:
    """Give the newest questions, for the front page."""
    return db.session.scalars(for_lists(visible()).order_by(Question.id.desc()).limit(limit)).all()


def unanswered_count(_viewer: Viewer) -> int:
    """Count what waits for an answer."""
    return db.session.scalar(waiting().with_only_columns(func.count(), maintain_column_froms=True)) or 0


def one_to_answer(viewer: Viewer) -> Question | None:
    """Find the question that has waited longest and that somebody else asked."""
    others = waiting().where(~authors.by(viewer, Question) | Question.author_id.is_(None))
    oldest = db.session.scalars(others.order_by(Question.created_at).limit(5))
    return next((question for question in oldest if not authors.is_author(viewer, question)), None)


def changed_after(question_id: int, limit: int) -> Sequence[Question]:
    """Give questions in the order of their ids, with all that the index wants. For indexing, whoever looks."""
    query = (
        visible().where(Question.id > question_id).options(selectinload(Question.tags), selectinload(Question.answers))
    )
    return db.session.scalars(query.order_by(Question.id).limit(limit)).all()
