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
    shown = select(NamelessNews.id, NamelessNews.mask, NamelessNews.salt).join(NamelessNews.question)
    newest = shown.where(Question.is_hidden.is_(False)).order_by(NamelessNews.id.desc()).limit(MOST)
    # Every page asks this for the bell: the rows are loaded only where there are any of one's own.
    own = [row.id for row in db.session.execute(newest) if row.mask in authors.masks(viewer.id, row.salt)]
    if not own:
        return []
    mine = select(NamelessNews).where(NamelessNews.id.in_(own)).options(joinedload(NamelessNews.question))
    return db.session.scalars(mine.order_by(NamelessNews.id.desc())).all()
