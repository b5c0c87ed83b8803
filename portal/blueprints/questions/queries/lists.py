"""The lists of the board."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import authors, mine, rows, searching
from portal.blueprints.questions.queries.rows import Row
from portal.blueprints.questions.queries.searching import Understood
from portal.blueprints.questions.rules.operators import Parsed
from portal.blueprints.questions.rules.states import Filter, State
from portal.core import clock
from portal.core.db import db
from portal.core.paging import Page, read_cursor, write_cursor
from portal.core.viewer import Viewer

PAGE = 20
COUNTED_MOST = 100
A_WEEK = timedelta(days=7)
Order = tuple[InstrumentedAttribute[Any], ...]
NEWEST: Order = (Question.created_at, Question.id)
NEWEST_SOLVED: Order = (Question.solved_at, Question.id)
NEWEST_ACTIVE: Order = (Question.active_at, Question.id)


@cache
def visible() -> Select[Question]:
    """Give the questions that everybody may read."""
    return select(Question).where(Question.is_hidden.is_(False))


@cache
def waiting() -> Select[Question]:
    """Give the questions that wait for an answer here."""
    return visible().where(Question.state == State.OPEN, searching.is_original())


def questions(
    viewer: Person, wanted: Filter, *, understood: Understood | None = None, cursor: str | None = None
) -> Page[Row]:
    """Give a page of one of the lists, newest first; with words, what holds them best first."""
    understood = understood or Understood(parsed=Parsed())
    if understood.is_impossible:
        return Page(items=[])
    query = searching.narrowed(_listed(viewer, wanted), understood)
    if understood.parsed.asks_for_words:
        return _best_first(query, searching.found(viewer, understood), cursor)
    order = NEWEST_SOLVED if wanted is Filter.SOLVED_THIS_WEEK else NEWEST
    return rows.page(query, *order, cursor=cursor, size=PAGE)


def _listed(viewer: Viewer, wanted: Filter) -> Select[Question]:
    if wanted is Filter.UNANSWERED:
        return waiting()
    if wanted is Filter.MINE:
        return visible().where(mine.is_mine(viewer))
    if wanted is Filter.FOR_ME:
        return visible().where(mine.is_for_me(viewer))
    if wanted is Filter.SOLVED_THIS_WEEK:
        return visible().where(Question.state == State.SOLVED, Question.solved_at >= clock.now() - A_WEEK)
    if wanted is Filter.SOLVED:
        return visible().where(Question.state == State.SOLVED)
    return visible()


def _best_first(query: Select[Question], best: Sequence[int], cursor: str | None) -> Page[Row]:
    (start,) = read_cursor(cursor, 1) or (0,)
    start = start if isinstance(start, int) and 0 <= start <= len(best) else 0
    held = set(db.session.scalars(query.where(Question.id.in_(best)).with_only_columns(Question.id))) if best else set()
    shown = [question_id for question_id in best if question_id in held][start : start + PAGE + 1]
    found = {row.id: row for row in rows.first(visible().where(Question.id.in_(shown[:PAGE])), PAGE)} if shown else {}
    return Page(
        items=[found[question_id] for question_id in shown[:PAGE]],
        next_cursor=write_cursor([start + PAGE]) if len(shown) > PAGE else None,
    )


def about_tag(tag_id: int, *, cursor: str | None = None) -> Page[Row]:
    """Give a page of what is newest about a tag."""
    return rows.page(visible().where(searching.about(tag_id)), *NEWEST, cursor=cursor, size=PAGE)


def asked_by(person_id: int, *, cursor: str | None = None) -> Page[Row]:
    """Give a page of what a person has asked under their name."""
    return rows.page(visible().where(Question.author_id == person_id), *NEWEST, cursor=cursor, size=PAGE)


def newest(_viewer: Viewer, limit: int) -> list[Row]:
    """Give the newest questions, for the front page."""
    return rows.first(_newest_first(), limit)


@cache
def _newest_first() -> Select[Question]:
    return visible().order_by(*(column.desc() for column in NEWEST))


def unanswered_count(_viewer: Viewer) -> int:
    """Count what waits for an answer, up to a bound: past it, «many» is all that one needs to know."""
    return db.session.scalar(_counted(COUNTED_MOST)) or 0


@cache
def _counted(most: int) -> Select[int]:
    some = waiting().with_only_columns(Question.id).limit(most).subquery()
    return select(func.count()).select_from(some)


def one_to_answer(viewer: Viewer) -> Question | None:
    """Find the question that has waited longest and that somebody else asked."""
    others = waiting().where(or_(Question.author_id != viewer.id, Question.author_id.is_(None)))
    oldest = db.session.scalars(others.order_by(Question.created_at).limit(20))
    return next((question for question in oldest if not authors.is_author(viewer, question)), None)


def changed_after(question_id: int, limit: int) -> Sequence[Question]:
    """Give questions in the order of their ids, with all that the index wants. For indexing, whoever looks."""
    query = (
        visible()
        .where(Question.id > question_id)
        .options(selectinload(Question.tags), selectinload(Question.answers), selectinload(Question.comments))
    )
    return db.session.scalars(query.order_by(Question.id).limit(limit)).all()
