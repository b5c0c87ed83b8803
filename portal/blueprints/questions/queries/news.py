"""Reading what is new for those who write without a name: found by trying one's own masks, nobody else's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.blueprints.questions.models.nameless import NamelessNews
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import authors
from portal.core.db import db
from portal.core.viewer import Viewer

MOST = 500  # of the whole desk; each is tried with the viewer's key


def news(viewer: Viewer) -> Sequence[NamelessNews]:
    """Give what is new in the viewer's own threads without a name, newest first."""
    query = select(NamelessNews).join(NamelessNews.question).where(Question.is_hidden.is_(False))
    rows = db.session.scalars(
        query.options(joinedload(NamelessNews.question)).order_by(NamelessNews.id.desc()).limit(MOST)
    )
    return [row for row in rows if row.mask in authors.masks(viewer.id, row.salt)]
