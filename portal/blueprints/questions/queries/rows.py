"""What one line of a list shows: a few columns, loaded in two statements however long the list is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row as Columns
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.blueprints.people.models import Face, Person
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.models.tags import QuestionTag, Tag
from portal.blueprints.questions.queries import verdicts
from portal.blueprints.questions.rules import states
from portal.blueprints.questions.rules.states import Shown, State
from portal.core import clock
from portal.core.db import db
from portal.core.paging import Page, keyset_rows


@dataclass(frozen=True, kw_only=True)
class Label:
    """A tag as a line shows it."""

    id: int
    slug: str
    name_nn: str
    name_nb: str
    name_en: str
    color: str

    def name(self, locale: str) -> str:
        """Give the name in a language."""
        return {"nb": self.name_nb, "en": self.name_en}.get(locale, self.name_nn)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line: values only, so that what it looks like can be remembered."""

    id: int
    title: str
    shown: Shown
    answer_count: int
    created_at: datetime
    author: Face | None  # none: without a name
    tags: tuple[Label, ...]
    warned: str | None = None  # an answer is dangerous or out of date


COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (
    Question.id,
    Question.title,
    Question.state,
    Question.answer_count,
    Question.created_at,
    Question.solved_at,
    Question.active_at,
    Question.claimed_until,
    Question.info_wanted_at,
    Question.reopened_at,
    Question.duplicate_of_id,
    Question.duplicate_article,
    Question.author_id,
    Person.name,
)
LABELS = (Tag.id, Tag.slug, Tag.name_nn, Tag.name_nb, Tag.name_en, Tag.color)
_OF_QUESTIONS = (
    select(QuestionTag.question_id, *LABELS)
    .join(Tag)
    .where(QuestionTag.question_id.in_(bindparam("ids", expanding=True)))
    .order_by(Tag.name_nn)
)


def page(query: Select[Any], *order: InstrumentedAttribute[Any], cursor: str | None, size: int) -> Page[Row]:
    """Cut a page of lines out of a query for questions, the last in the order first."""
    cut = keyset_rows(_slim(query), *order, cursor=cursor, size=size)
    return Page(items=_rows(cut.items), next_cursor=cut.next_cursor)


def first(query: Select[Any], limit: int) -> list[Row]:
    """Give the first lines of a query that says its order."""
    return _rows(db.session.execute(_slim(query).limit(limit)).all())


@lru_cache(maxsize=32)
def _slim(query: Select[Any]) -> Select[Any]:
    warned = verdicts.worst_column().label("warned")
    return query.outerjoin(Person, Person.id == Question.author_id).with_only_columns(*COLUMNS, warned)


def _rows(found: Sequence[Columns[Any]]) -> list[Row]:
    labels = labels_of([each.id for each in found])
    return [_row(each, labels.get(each.id, ())) for each in found]


def labels_of(question_ids: Sequence[int]) -> Mapping[int, tuple[Label, ...]]:
    """Give the tags of questions."""
    if not question_ids:
        return {}
    found: dict[int, list[Label]] = defaultdict(list)
    for question_id, *values in db.session.execute(_OF_QUESTIONS, {"ids": question_ids}):
        found[question_id].append(label(values))
    return {question_id: tuple(labels) for question_id, labels in found.items()}


def label(values: Iterable[Any]) -> Label:
    """Make a label of the columns in LABELS."""
    tag_id, slug, name_nn, name_nb, name_en, color = values
    return Label(id=tag_id, slug=slug, name_nn=name_nn, name_nb=name_nb, name_en=name_en, color=color)


def _row(found: Columns[Any], labels: tuple[Label, ...]) -> Row:
    return Row(
        id=found.id,
        title=found.title,
        shown=states.shown(
            State(found.state),
            claimed_until=found.claimed_until,
            is_info_wanted=found.info_wanted_at is not None,
            is_duplicate=found.duplicate_of_id is not None or bool(found.duplicate_article),
            is_reopened=found.reopened_at is not None,
            now=clock.now(),
        ),
        answer_count=found.answer_count,
        created_at=found.created_at,
        author=Face(id=found.author_id, name=found.name) if found.author_id is not None else None,
        tags=labels,
        warned=found.warned,
    )
