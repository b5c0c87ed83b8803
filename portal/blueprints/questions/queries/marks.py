"""Reading what colleagues say of the posts of a thread by one press: all kinds of marks in one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, literal, select, union_all

from portal.blueprints.questions.models.marks import Following, Thanks, Verdict, Wondering
from portal.core.db import db
from portal.core.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Mark:
    """How often a mark was set on one post, whether the viewer set it, and when it was set last."""

    count: int = 0
    is_mine: bool = False
    last_at: datetime | None = None


NONE = Mark()


def marks(viewer: Viewer, question_id: int, answer_ids: Sequence[int]) -> Mapping[tuple[str, int], Mark]:
    """Give the marks of a question and of these of its answers, by kind and id of the post."""
    every = union_all(
        _counted(viewer, Wondering, "wondering", Wondering.question_id, [question_id]),
        _counted(viewer, Following, "following", Following.question_id, [question_id]),
        _counted(viewer, Thanks, "thanks", Thanks.answer_id, answer_ids),
        _counted(viewer, Verdict, Verdict.kind, Verdict.answer_id, answer_ids),
    ).subquery()
    rows = db.session.execute(select(every))
    return {
        (str(row.kind), row.post_id): Mark(count=row.times, is_mine=bool(row.mine), last_at=row.last_at) for row in rows
    }


def _counted(viewer: Viewer, model: Any, kind: Any, post_id: Any, ids: Sequence[int]) -> Select[Any]:
    name = literal(kind) if isinstance(kind, str) else kind
    mine = func.max(case((model.person_id == viewer.id, 1), else_=0))
    counted = select(
        name.label("kind"),
        post_id.label("post_id"),
        func.count().label("times"),
        mine.label("mine"),
        func.max(model.created_at).label("last_at"),
    )
    grouped = counted.where(post_id.in_(ids)).group_by(post_id)
    return grouped if isinstance(kind, str) else grouped.group_by(kind)
