"""Reading what somebody has written, for themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.queries import authors
from portal.core.db import db
from portal.core.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How much somebody has written."""

    questions: int
    answers: int
    comments: int

    @property
    def is_nothing(self) -> bool:
        """Tell whether nothing is there."""
        return not (self.questions or self.answers or self.comments)


def counts(viewer: Viewer) -> Counts:
    """Count what the viewer has written, without a name too."""
    found = [
        db.session.scalar(select(func.count()).select_from(kind).where(authors.by(viewer, kind))) or 0
        for kind in (Question, Answer, Comment)
    ]
    return Counts(questions=found[0], answers=found[1], comments=found[2])


def questions(viewer: Viewer) -> Sequence[Question]:
    """Give the questions of the viewer, oldest first."""
    return db.session.scalars(select(Question).where(authors.by(viewer, Question)).order_by(Question.id)).all()


def replies(viewer: Viewer) -> Iterator[Answer | Comment]:
    """Give the answers, then the comments of the viewer, oldest first, each with its question."""
    answers = select(Answer).where(authors.by(viewer, Answer)).options(joinedload(Answer.question))
    yield from db.session.scalars(answers.order_by(Answer.id))
    comments = select(Comment).where(authors.by(viewer, Comment)).options(joinedload(Comment.question))
    yield from db.session.scalars(comments.order_by(Comment.id))


def has_others(viewer: Viewer, question: Question) -> bool:
    """Tell whether anybody else has written in a thread."""
    answers = db.session.scalars(select(Answer).where(Answer.question_id == question.id)).all()
    comments = db.session.scalars(select(Comment).where(Comment.question_id == question.id)).all()
    posts: list[Post] = [*answers, *comments]
    if any(not authors.is_author(viewer, post) for post in posts):
        return True
    led_here = select(Question.id).where(Question.duplicate_of_id == question.id)
    return db.session.scalar(led_here.limit(1)) is not None


def has_remarks(viewer: Viewer, answer: Answer) -> bool:
    """Tell whether anybody else has commented on an answer."""
    remarks = db.session.scalars(select(Comment).where(Comment.answer_id == answer.id))
    return any(not authors.is_author(viewer, remark) for remark in remarks)


def document(viewer: Viewer) -> dict[str, Any]:
    """Give all that the viewer has written, for the export of their data."""
    kinds: dict[str, list[dict[str, Any]]] = {"answers": [], "comments": []}
    for reply in replies(viewer):
        kind = "answers" if isinstance(reply, Answer) else "comments"
        kinds[kind].append({"question_id": reply.question_id, "question": reply.question.title} | _post(reply))
    asked = [{"title": each.title, "tags": [tag.slug for tag in each.tags]} | _post(each) for each in questions(viewer)]
    return {"questions": asked, **kinds}


def _post(post: Post) -> dict[str, Any]:
    return {
        "id": post.id,
        "body": post.body,
        "written_at": post.created_at.isoformat(),
        "changed_at": post.changed_at.isoformat() if post.changed_at else None,
        "without_name": post.is_anonymous,
        "hidden": post.is_hidden,
    }
