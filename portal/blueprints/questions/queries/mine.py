"""One's own questions, those without a name among them, and those put to one, found quickly also among many.

Whose a nameless post is can only be tried out, one by one, with the keys of the server. What was tried is remembered in
the memory of the process that holds those keys, never anywhere else.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select, union

from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.models.skills import Skill
from portal.blueprints.questions.queries import authors
from portal.core.db import db
from portal.core.viewer import Viewer

REMEMBERED = 500  # persons

_NAMELESS = select(Question.mask, Question.salt).where(Question.mask.is_not(None))
_STAND = select(func.count(), func.max(Question.id), func.min(Question.mask), func.max(Question.mask)).where(
    Question.mask.is_not(None)
)
_tried: dict[int, tuple[Any, frozenset[str], frozenset[str]]] = {}
_lock = threading.Lock()


def is_mine(viewer: Viewer) -> ColumnElement[bool]:
    """Give the condition for the viewer's own questions."""
    own = _own_masks(viewer.id)
    if not own:
        return Question.author_id == viewer.id
    named = select(Question.id).where(Question.author_id == viewer.id)
    return Question.id.in_(union(named, select(Question.id).where(Question.mask.in_(own))))


def is_for_me(viewer: Viewer) -> ColumnElement[bool]:
    """Give the condition for what was put to the viewer: by name, or to those who know what the viewer knows."""
    known = select(Skill.tag_id).where(Skill.person_id == viewer.id)
    by_name = select(Question.id).where(Question.addressee_id == viewer.id)
    return Question.id.in_(union(by_name, select(Question.id).where(Question.asked_tag_id.in_(known))))


def _own_masks(person_id: int) -> Sequence[str]:
    """Try every nameless question that was not tried before."""
    stand = tuple(db.session.execute(_STAND).one())
    seen_at, tried, own = _tried.get(person_id, (None, frozenset(), frozenset()))
    if seen_at != stand:
        found = {str(mask): salt for mask, salt in db.session.execute(_NAMELESS)}
        fresh = found.keys() - tried
        own = (own & found.keys()) | {mask for mask in fresh if mask in authors.masks(person_id, found[mask] or "")}
        _remember(person_id, (stand, frozenset(found), own))
    return sorted(own)


def _remember(person_id: int, tried: tuple[Any, frozenset[str], frozenset[str]]) -> None:
    with _lock:
        if len(_tried) >= REMEMBERED:
            _tried.clear()
        _tried[person_id] = tried
