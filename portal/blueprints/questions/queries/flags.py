"""Reading flags: the queue of those who keep order, and what must be known when one more comes in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.blueprints.questions.models.flags import Flag
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.rules.order import Outcome, reference
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.paging import Page, keyset
from portal.core.viewer import Viewer

PAGE = 20


def waiting_flags(_viewer: Viewer, *, cursor: str | None = None) -> Page[Flag]:
    """Give a page of the flags that wait, those that have waited longest first."""
    waiting = select(Flag).where(Flag.settled_at.is_(None)).options(*_with_posts())
    return keyset(waiting, Flag.created_at, Flag.id, cursor=cursor, size=PAGE, newest_first=False)


def waiting_count() -> int:
    """Count the flags that wait."""
    return db.session.scalar(select(func.count()).select_from(Flag).where(Flag.settled_at.is_(None))) or 0


def get_flag(flag_id: int) -> Flag:
    """Give a flag. For services, which ask who may settle it."""
    flag = db.session.get(Flag, flag_id)
    if flag is None:
        raise NotFound(N_("We cannot find that flag."))
    return flag


def find_own(viewer: Viewer, post: Post) -> Flag | None:
    """Find the viewer's own flag of a post that waits."""
    own = select(Flag).where(Flag.person_id == viewer.id, Flag.post == name_of(post), Flag.settled_at.is_(None))
    return db.session.scalar(own)


def alike(flag: Flag) -> Sequence[Flag]:
    """Give the flags of the same post that wait, this one among them."""
    same = select(Flag).where(Flag.post == flag.post, Flag.settled_at.is_(None)).order_by(Flag.id)
    return db.session.scalars(same).all()


def left_at(post: Post) -> datetime | None:
    """Tell when somebody last looked at a flag of a post and let it stand."""
    left = select(func.max(Flag.settled_at)).where(Flag.post == name_of(post), Flag.outcome == Outcome.LEFT)
    return db.session.scalar(left)


def name_of(post: Post) -> str:
    """Name a post in one word."""
    return reference(post.__tablename__, post.id)


def export_flags(person_id: int) -> list[dict[str, Any]]:
    """Give what somebody has flagged, for their export."""
    own = db.session.scalars(select(Flag).where(Flag.person_id == person_id).order_by(Flag.id))
    return [
        {"post": flag.post, "flagged_as": flag.reason, "note": flag.note, "at": flag.created_at.isoformat()}
        for flag in own
    ]


def _with_posts() -> Sequence[Any]:
    # selectinload: one statement a kind for the whole page, and none where no flag is of that kind.
    return (
        selectinload(Flag.question).joinedload(Question.author),
        selectinload(Flag.answer).options(joinedload(Answer.author), joinedload(Answer.question)),
        selectinload(Flag.comment).options(joinedload(Comment.author), joinedload(Comment.question)),
        selectinload(Flag.suggested),
    )
