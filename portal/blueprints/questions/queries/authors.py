"""Whose a post is, also where it has no name: only the author can be recognised, nobody can be looked up.

`find_author_id` is for telling the author something; it is never shown, logged or stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, literal, or_, select, union_all

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.nameless import NamelessHand
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.core import sealing
from portal.core.db import db
from portal.core.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Alias:
    """What a hand without a name is called in one thread: the asker, or colleague number so and so."""

    is_asker: bool = False
    number: int = 0


def masks(person_id: int, salt: str) -> list[str]:
    """Give the masks of a person in the threads with this salt: one for every key of the server, the newest first."""
    return sealing.marks(str(person_id), context=f"post:{salt}")


def is_author(viewer: Viewer, post: Post) -> bool:
    """Tell whether the viewer wrote a post."""
    if post.mask and post.salt:
        return post.mask in masks(viewer.id, post.salt)
    return post.author_id == viewer.id


def find_author_id(post: Post) -> int | None:
    """Find who must be told of what happens to a post."""
    if not post.mask or not post.salt:
        return post.author_id
    everybody = db.session.scalars(select(Person.id).where(Person.is_active))
    return next((person_id for person_id in everybody if post.mask in masks(person_id, post.salt)), None)


def by(viewer: Viewer, kind: type[Question] | type[Answer] | type[Comment]) -> ColumnElement[bool]:
    """Give the condition for posts by the viewer, those without a name among them."""
    hidden = select(kind.id, kind.mask, kind.salt).where(kind.mask.is_not(None))
    own = [row.id for row in db.session.execute(hidden) if row.mask in masks(viewer.id, row.salt)]
    return or_(kind.author_id == viewer.id, kind.id.in_(own)) if own else kind.author_id == viewer.id


def aliases(question: Question, posts: Iterable[Post]) -> dict[str, Alias]:
    """Give the names in this thread of those who write without a name, in the order in which they came.

    The posts are those that are shown: where none is without a name, nobody is asked. After a merge the hands of the
    other thread come after the hands of this one, so that a label that was read yesterday is right today.
    """
    if not any(post.mask for post in (question, *posts)):
        return {}
    number = literal(0)
    kinds: tuple[type[Answer] | type[Comment], ...] = (Answer, Comment)
    hands = select(NamelessHand.mask, number.label("kind"), NamelessHand.id).where(
        NamelessHand.question_id == question.id
    )
    moved = [
        select(kind.mask, literal(place).label("kind"), kind.id).where(
            kind.question_id == question.id, kind.mask.is_not(None)
        )
        for place, kind in enumerate(kinds, start=1)
    ]
    every = union_all(hands, *moved).subquery()
    return _numbered(question.mask, list(db.session.scalars(select(every.c.mask).order_by(every.c.kind, every.c.id))))


def is_own_mask(viewer: Viewer, question: Question, mask: str) -> bool:
    """Tell whether the viewer writes in this thread without a name, under this mask."""
    return question.salt is not None and mask in masks(viewer.id, question.salt)


def _numbered(asker: str | None, found: Sequence[str]) -> dict[str, Alias]:
    others = [mask for mask in dict.fromkeys(found) if mask != asker]
    named = {mask: Alias(number=number) for number, mask in enumerate(others, start=1)}
    return named | ({asker: Alias(is_asker=True)} if asker else {})
