"""Taking another board in: in pieces, again at any time, telling nobody, and doubling nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.blueprints.people.models import Person
from portal.blueprints.questions.facts import Changed
from portal.blueprints.questions.models.posts import Answer, Comment, Question
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.queries import tags as known_tags
from portal.blueprints.questions.rules import imports as rules
from portal.blueprints.questions.rules.imports import AnswerRow, Bad, CommentRow, Fault, LinkRow, QuestionRow, Row
from portal.core import patient_data
from portal.core.db import db
from portal.core.facts import record
from portal.core.patient_data import PatientData

CHUNK = 200


@dataclass
class Import:
    """One import on its way: where it comes from, what it has made, and what it had to leave."""

    source: str  # a short name of the other board; with a row's key it tells what is here already
    address: str = ""  # of a post there, with {key} in it
    licence: str = ""
    people: dict[str, str] = field(default_factory=dict)  # user names here, by the names of authors there
    added: int = 0
    known: int = 0
    bad: list[Bad] = field(default_factory=list)
    accepted: dict[str, str] = field(default_factory=dict)  # keys of answers, by the key of their question
    touched: set[int] = field(default_factory=set)

    def origin(self, kind: str, key: str) -> str:
        """Name where a post came from."""
        return f"{self.source}:{kind}:{key}"[-120:]


def take_in(job: Import, rows: Sequence[Row | Bad]) -> None:
    """Take some rows in. One transaction; rows that are here already are left as they are."""
    good = [row for row in rows if not isinstance(row, Bad)]
    job.bad += [row for row in rows if isinstance(row, Bad)]
    there = _there_already(job, good)
    for row in good:
        if not isinstance(row, LinkRow) and job.origin(_kind(row), row.key) in there:
            job.known += 1
            _note_accepted(job, row)
            continue
        fault = _fault(row)
        if fault is None:
            fault = _add(job, row)
        if fault is not None:
            job.bad.append(Bad(line=row.line, fault=fault))
        else:
            job.added += not isinstance(row, LinkRow)
            _note_accepted(job, row)


def accept(job: Import, keys: Sequence[str]) -> None:
    """Say of some questions which answer solved them; one that is solved here already stays as it is."""
    for key in keys:
        question = _find(Question, job.origin("post", key))
        answer = _find(Answer, job.origin("post", job.accepted[key]))
        if question and answer and answer.question_id == question.id and question.accepted_answer_id is None:
            question.accept(answer.id, max(answer.created_at, question.created_at))
            job.touched.add(question.id)


def index(question_ids: Iterable[int]) -> None:
    """Make what was taken in findable."""
    for question_id in question_ids:
        record(Changed(question_id=question_id))


def _kind(row: Row) -> str:
    return "comment" if isinstance(row, CommentRow) else "post"


def _note_accepted(job: Import, row: Row) -> None:
    if isinstance(row, QuestionRow) and row.accepted:
        job.accepted[row.key] = row.accepted
    elif isinstance(row, AnswerRow) and row.is_accepted:
        job.accepted[row.question] = row.key


def _there_already(job: Import, rows: Iterable[Row]) -> set[str | None]:
    origins = [job.origin(_kind(row), row.key) for row in rows if not isinstance(row, LinkRow)]
    found: set[str | None] = set()
    for kind in (Question, Answer, Comment):
        found |= set(db.session.scalars(select(kind.origin).where(kind.origin.in_(origins))))
    return found


def _fault(row: Row) -> Fault | None:
    if isinstance(row, LinkRow):
        return None
    try:
        for text in (row.title, row.body) if isinstance(row, QuestionRow) else (row.body,):
            patient_data.check(text)
    except PatientData:
        return Fault.PATIENT_DATA
    return None


def _add(job: Import, row: Row) -> Fault | None:
    match row:
        case QuestionRow():
            _add_question(job, row)
            return None
        case AnswerRow():
            return _add_answer(job, row)
        case CommentRow():
            return _add_comment(job, row)
        case LinkRow():
            return _link(job, row)


def _add_question(job: Import, row: QuestionRow) -> None:
    question = Question(title=row.title, tags=_tags(row.tags), active_at=row.written_at, **_written(job, row, row.key))
    db.session.add(question)
    db.session.flush()
    job.touched.add(question.id)


def _add_answer(job: Import, row: AnswerRow) -> Fault | None:
    question = _find(Question, job.origin("post", row.question))
    if question is None:
        return Fault.NO_QUESTION
    db.session.add(Answer(question_id=question.id, **_written(job, row, row.key)))
    question.count_answers(1)
    _touch(job, question, row.written_at)
    db.session.flush()
    return None


def _add_comment(job: Import, row: CommentRow) -> Fault | None:
    origin = job.origin("post", row.post)
    question, answer = _find(Question, origin), _find(Answer, origin)
    if question is None and answer is None:
        return Fault.NO_QUESTION
    question_id = question.id if question else answer.question_id if answer else 0
    values = _written(job, row, row.post)
    db.session.add(Comment(question_id=question_id, answer_id=answer.id if answer else None, **values))
    job.touched.add(question_id)
    return None


def _link(job: Import, row: LinkRow) -> Fault | None:
    duplicate = _find(Question, job.origin("post", row.duplicate))
    original = _find(Question, job.origin("post", row.original))
    if duplicate is None or original is None:
        return Fault.NO_QUESTION
    if duplicate.duplicate_of_id is None and original.duplicate_of_id is None and duplicate.id != original.id:
        duplicate.duplicate_of_id = original.id
        job.touched.add(duplicate.id)
    return None


def _touch(job: Import, question: Question, moment: datetime) -> None:
    question.active_at = max(question.active_at, moment)
    job.touched.add(question.id)


def _written(job: Import, row: QuestionRow | AnswerRow | CommentRow, key: str) -> dict[str, Any]:
    """Give what every post has; an author whom nobody here is gets the credit below the text."""
    author = _author(job, row.author)
    body = row.body
    if author is None:
        address = job.address.format(key=key) if job.address else ""
        body = rules.credit(row.body, author=row.author, source=address, licence=job.licence)
    return {
        "body": body,
        "author_id": author,
        "origin": job.origin(_kind(row), row.key),
        "created_at": row.written_at,
    }


def _author(job: Import, name: str) -> int | None:
    username = job.people.get(name, name).strip().lower()
    return db.session.scalar(select(Person.id).where(Person.username == username)) if username else None


def _tags(slugs: Sequence[str]) -> list[Tag]:
    found = known_tags.tags_by_slug(slugs)
    known = {tag.slug for tag in found}
    for slug in slugs:
        if slug not in known and not known_tags.tags_by_slug([slug]):
            name = slug.replace("-", " ").capitalize()
            tag = Tag(slug=slug, name_nn=name, name_nb=name, name_en=name)
            db.session.add(tag)
            db.session.flush()
            found.append(tag)
    return found


def _find(kind: type[Any], origin: str) -> Any:
    return db.session.scalar(select(kind).where(kind.origin == origin))
