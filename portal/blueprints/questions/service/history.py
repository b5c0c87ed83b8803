"""Keeping every wording of a post from its first change on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.blueprints.questions.models.history import Revision
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.queries import authors, wordings
from portal.blueprints.questions.rules import posts as rules
from portal.core import clock
from portal.core.db import db
from portal.core.viewer import Viewer


def keep(post: Post, *, by: Viewer | None = None) -> None:
    """Keep the wording of a post as it stands: before the first change the author's own, after a change whoever's."""
    if by is None:
        if db.session.scalar(select(Revision.id).where(wordings.of(post)).limit(1)) is None:
            moment = post.changed_at or post.created_at
            db.session.add(_wording(post, post.version - 1, post.author_id, moment))
            db.session.flush()
        return
    # The author of a post without a name has none in its history either.
    is_nameless = post.is_anonymous and authors.is_author(by, post)
    db.session.add(_wording(post, post.version, None if is_nameless else by.id, clock.now()))


def _wording(post: Post, number: int, written_by_id: int | None, moment: datetime) -> Revision:
    return Revision(
        question_id=post.id if isinstance(post, Question) else None,
        answer_id=post.id if isinstance(post, Answer) else None,
        comment_id=post.id if isinstance(post, Comment) else None,
        number=number,
        title=post.title if isinstance(post, Question) else "",
        body=post.body,
        tags=[tag.slug for tag in post.tags] if isinstance(post, Question) else [],
        written_by_id=written_by_id,
        written_at=rules.coarse(moment) if written_by_id is None else moment,
    )
