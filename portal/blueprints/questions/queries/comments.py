"""Reading comments: the first few under each post, all of them where somebody asks, in one query for a whole page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from portal.blueprints.questions.models.posts import Comment, Question
from portal.blueprints.questions.queries import sight
from portal.core.db import db
from portal.core.viewer import Viewer

FIRST = 5  # unfolded under a post; the rest on demand
MOST = 200  # under one post, however many there are
QUESTION = 0  # stands for the question itself where posts go by the id of the answer


@dataclass(frozen=True, kw_only=True)
class Remarks:
    """The comments shown under one post, and how many there are."""

    shown: Sequence[Comment] = ()
    count: int = 0

    @property
    def more(self) -> int:
        """Give how many are not shown."""
        return self.count - len(self.shown)


NONE = Remarks()


def remarks(
    viewer: Viewer, question: Question, answer_ids: Sequence[int], *, opened: Collection[int]
) -> Mapping[int, Remarks]:
    """Give the comments of a question and of these of its answers, by the id of the answer; 0 is the question."""
    post = func.coalesce(Comment.answer_id, QUESTION)
    numbered = select(
        Comment.id,
        post.label("post"),
        func.row_number().over(partition_by=post, order_by=Comment.id).label("place"),
        func.count().over(partition_by=post).label("count"),
    ).where(Comment.question_id == question.id, or_(Comment.answer_id.is_(None), Comment.answer_id.in_(answer_ids)))
    numbered = numbered.where(sight.in_sight(viewer, Comment, question.salt))
    each = numbered.subquery()
    is_shown = or_(each.c.place <= FIRST, each.c.post.in_(opened) & (each.c.place <= MOST))
    query = select(Comment, each.c.post, each.c.count).join(each, each.c.id == Comment.id).where(is_shown)
    found: dict[int, list[Comment]] = {}
    counts: dict[int, int] = {}
    for comment, on, count in db.session.execute(query.options(joinedload(Comment.author)).order_by(Comment.id)):
        found.setdefault(on, []).append(comment)
        counts[on] = count
    return {on: Remarks(shown=shown, count=counts[on]) for on, shown in found.items()}


def all_of(by_post: Mapping[int, Remarks]) -> Iterable[Comment]:
    """Give every comment that is shown."""
    return (comment for each in by_post.values() for comment in each.shown)


def writers(question_id: int, answer_id: int | None) -> Sequence[int]:
    """Give the ids of those who have commented on a post under their name. For notices, not for showing."""
    on = Comment.answer_id.is_(None) if answer_id is None else Comment.answer_id == answer_id
    query = select(Comment.author_id).where(Comment.question_id == question_id, on, Comment.author_id.is_not(None))
    return [author_id for author_id in db.session.scalars(query.distinct()) if author_id is not None]
