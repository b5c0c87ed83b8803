"""Who a secret belongs to, and what a feed holds: what the owner of the secret could read, and nothing more."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.finding import FeedKey
from portal.blueprints.questions.models.posts import Answer, Post, Question
from portal.blueprints.questions.queries import filters, following, lists, searching, threads
from portal.blueprints.questions.rules import operators
from portal.core import sealing
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_

ENTRIES = 30


def secrets_of(key: FeedKey) -> list[str]:
    """Give the secret of a person's feeds under every key of the server, the newest first."""
    return sealing.marks(str(key.person_id), context=f"feed:{key.salt}")


def find_key(person_id: int) -> FeedKey | None:
    """Find what a person's secret is made with; nothing means that their feeds are closed."""
    return db.session.get(FeedKey, person_id)


def get_subscriber(person_id: int, secret: str) -> Person:
    """Give the active person whose secret it is; a wrong one costs as long as a right one."""
    key = find_key(person_id) or FeedKey(person_id=0, salt="")
    is_right = any([hmac.compare_digest(known, secret) for known in secrets_of(key)])
    person = db.session.get(Person, person_id) if is_right and key.person_id else None
    if person is None or not person.is_active:
        raise NotFound(N_("There is no such feed. Its address may have been closed."))
    return person


def everything(_reader: Person) -> Sequence[Question]:
    """Give the newest questions."""
    return _newest(lists.visible())


def unanswered(_reader: Person) -> Sequence[Question]:
    """Give the newest that wait for an answer."""
    return _newest(lists.waiting())


def about_tag(tag_id: int) -> Sequence[Question]:
    """Give the newest about a tag."""
    return _newest(lists.visible().where(searching.about(tag_id)))


def followed(reader: Person) -> Sequence[Question]:
    """Give the newest of what the reader follows."""
    return _newest(lists.visible().where(Question.id.in_(following.newest_followed(reader))))


def filtered(reader: Person, filter_id: int) -> tuple[str, Sequence[Question]]:
    """Give the name of one of the reader's filters and the newest that it lets through, whatever words it asks for."""
    kept = filters.get_filter(reader, filter_id)
    understood = searching.understand(reader, operators.parse(kept.query))
    if understood.is_impossible:
        return kept.name, []
    query = searching.narrowed(lists.visible(), understood)
    if understood.parsed.asks_for_words:
        query = query.where(Question.id.in_(searching.found(reader, understood)))
    return kept.name, _newest(query)


def thread(reader: Person, question_id: int) -> Sequence[Post]:
    """Give a question and its newest answers."""
    question = threads.get_question(reader, question_id)
    if question.is_hidden:  # those who keep order look at it on its page
        raise NotFound(N_("We cannot find that question."))
    answers = select(Answer).where(Answer.question_id == question.id, Answer.is_hidden.is_(False))
    newest = answers.options(joinedload(Answer.author)).order_by(Answer.id.desc()).limit(ENTRIES)
    return [*db.session.scalars(newest), question]


def _newest(query: Select[Question]) -> Sequence[Question]:
    ordered = query.order_by(*(column.desc() for column in lists.NEWEST)).options(joinedload(Question.author))
    return db.session.scalars(ordered.limit(ENTRIES)).all()


def export(person_id: int) -> dict[str, str] | None:
    """Tell whether a person's feeds are open, for the export of their data; their secret is kept nowhere."""
    key = find_key(person_id)
    return {"opened_at": key.created_at.isoformat()} if key else None
