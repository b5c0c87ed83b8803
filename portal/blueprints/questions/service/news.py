"""Telling those who write without a name: by the mask of the thread, never by their id."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from portal.blueprints.questions.models.nameless import NamelessNews, News
from portal.blueprints.questions.models.posts import Post
from portal.blueprints.questions.queries import authors, news
from portal.blueprints.questions.rules import posts as rules
from portal.core import clock, live
from portal.core.db import db, is_sqlite
from portal.core.viewer import Viewer


def tell_author(post: Post, question_id: int, kind: News, *, by_id: int) -> None:
    """Tell the author of a post without a name what came of it; nobody is told of their own acts."""
    if not post.mask or not post.salt or post.mask in authors.masks(by_id, post.salt):
        return
    moment = rules.coarse(clock.now())
    row = {"question_id": question_id, "mask": post.mask, "salt": post.salt, "kind": kind, "count": 1}
    # One statement: two who answer in the same moment meet on the same row.
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(NamelessNews).values(**row, told_at=moment)
    same = [NamelessNews.question_id, NamelessNews.mask, NamelessNews.kind]
    again = {"count": NamelessNews.count + 1, "told_at": moment}
    db.session.execute(insert.on_conflict_do_update(index_elements=same, set_=again))
    author_id = authors.find_author_id(post)
    if author_id is not None:
        live.publish(f"person-{author_id}")  # heard by their own pages only, and kept nowhere


def read(viewer: Viewer, question_id: int | None = None) -> None:
    """Take away what the viewer has read: of one thread, or all of it."""
    own = [line.id for line in news.news(viewer) if question_id in {None, line.question_id}]
    if own:
        db.session.execute(delete(NamelessNews).where(NamelessNews.id.in_(own)))
        live.publish(f"person-{viewer.id}")


def expire() -> None:
    """Take away what has stood unread for long."""
    db.session.execute(delete(NamelessNews).where(NamelessNews.told_at < clock.now() - rules.NEWS_STAYS))
