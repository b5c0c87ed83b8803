"""Reading one question with all that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.blueprints.questions.models.marks import Following
from portal.blueprints.questions.models.posts import Answer, Comment, Question
from portal.blueprints.questions.queries import authors, comments, marks, sight
from portal.blueprints.questions.queries.authors import Alias
from portal.blueprints.questions.queries.comments import Remarks
from portal.blueprints.questions.queries.marks import Mark
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer

ANSWERS = 30  # at once; the rest comes on demand
ANSWERS_MOST = 300  # on one page, however much of the thread was opened
BEFORE = 4  # answers shown before one that was asked for


@dataclass(frozen=True, kw_only=True)
class Window:
    """Which answers are shown: so many after an id, and the posts whose comments are all unfolded."""

    after: int = 0
    size: int = ANSWERS
    open_remarks: frozenset[int] = frozenset()  # ids of answers; 0 is the question


@dataclass(frozen=True, kw_only=True)
class Thread:
    """All that a question's page shows, loaded in a fixed number of queries."""

    question: Question
    solution: Answer | None  # first of all, wherever it stands in the thread
    answers: Sequence[Answer]  # the solution, then those of the window
    window: Window
    more_after: int | None  # the next answers come after this id
    earlier_after: int | None  # and those before these after this one
    marks: Mapping[tuple[str, int], Mark]
    remarks: Mapping[int, Remarks]  # by the id of the answer; 0 is the question
    aliases: dict[str, Alias]

    def mark(self, kind: str, post_id: int) -> Mark:
        """Give how many have set a mark on a post: thanks, wondering, following, works, outdated, dangerous."""
        return self.marks.get((kind, post_id), marks.NONE)

    def remarks_on(self, answer_id: int) -> Remarks:
        """Give the comments under an answer; 0 is the question."""
        return self.remarks.get(answer_id, comments.NONE)


def get_question(viewer: Viewer, question_id: int, *, for_update: bool = False) -> Question:
    """Give a question that the viewer may see, locked when it is about to be changed."""
    query = select(Question).where(Question.id == question_id)
    return _seen(viewer, db.session.scalar(_locked(query) if for_update else query))


def get_answer(viewer: Viewer, question_id: int, answer_id: int, *, for_update: bool = False) -> Answer:
    """Give an answer of that question; ids that do not belong together are not found."""
    question = get_question(viewer, question_id)
    query = select(Answer).where(Answer.id == answer_id, Answer.question_id == question.id)
    answer = db.session.scalar(_locked(query) if for_update else query)
    if answer is None or not sight.may_see(viewer, answer):
        raise NotFound(N_("We cannot find that answer."))
    return answer


def get_comment(viewer: Viewer, question_id: int, comment_id: int, *, for_update: bool = False) -> Comment:
    """Give a comment in the thread of that question, on a post that the viewer may see."""
    question = get_question(viewer, question_id)
    query = select(Comment).where(Comment.id == comment_id, Comment.question_id == question.id)
    comment = db.session.scalar(_locked(query) if for_update else query)
    if comment is None or not sight.may_see(viewer, comment):
        raise NotFound(N_("We cannot find that comment."))
    if comment.answer_id is not None:
        get_answer(viewer, question_id, comment.answer_id)
    return comment


def thread(viewer: Viewer, question_id: int, window: Window | None = None) -> Thread:
    """Give a question with some of its answers; what solved it comes first."""
    window = window or Window()
    # The tags by a query of their own: joined in, SQLite writes out every tag of every question first.
    shown = (joinedload(Question.author), joinedload(Question.claimed_by), selectinload(Question.tags))
    query = select(Question).where(Question.id == question_id).options(*shown)
    question = _seen(viewer, db.session.scalars(query).one_or_none())
    found = _answers(viewer, question, window)
    solution = next((answer for answer in found if answer.id == question.accepted_answer_id), None)
    others = [answer for answer in found if answer is not solution]
    answers = [*filter(None, [solution]), *others[: window.size]]
    ids = [answer.id for answer in answers]
    remarks = comments.remarks(viewer, question, ids, opened=window.open_remarks)
    return Thread(
        question=question,
        solution=solution,
        answers=answers,
        window=window,
        more_after=others[window.size - 1].id if len(others) > window.size else None,
        earlier_after=_earlier(viewer, question, window),
        marks=marks.marks(viewer, question.id, ids),
        remarks=remarks,
        aliases=authors.aliases(question, [*answers, *comments.all_of(remarks)]),
    )


def window_of(viewer: Viewer, question_id: int, answer_id: int) -> Window:
    """Give the window in which an answer stands, with a few before it."""
    question = get_question(viewer, question_id)
    before = _visible(viewer, question).where(Answer.id < answer_id, Answer.id != question.accepted_answer_id)
    ids = before.with_only_columns(Answer.id).order_by(Answer.id.desc())
    is_on_first_page = len(db.session.scalars(ids.limit(ANSWERS)).all()) < ANSWERS
    near = db.session.scalars(ids.limit(BEFORE + 1)).all()
    return Window() if is_on_first_page else Window(after=near[-1])


def followers(question_id: int) -> Sequence[int]:
    """Give the ids of those who want to hear what comes of a question. For notices, not for showing."""
    return db.session.scalars(select(Following.person_id).where(Following.question_id == question_id)).all()


def _locked(query: Select[Any]) -> Select[Any]:
    # What was read before the lock may be old by now: who waited for another's change must see it.
    return query.with_for_update(of=query.column_descriptions[0]["entity"]).execution_options(populate_existing=True)


def _seen(viewer: Viewer, question: Question | None) -> Question:
    if question is None or not sight.may_see(viewer, question):
        raise NotFound(N_("We cannot find that question."))
    return question


def _visible(viewer: Viewer, question: Question) -> Select[Answer]:
    return select(Answer).where(Answer.question_id == question.id, sight.in_sight(viewer, Answer, question.salt))


def _answers(viewer: Viewer, question: Question, window: Window) -> Sequence[Answer]:
    """Give the solution and one answer more than the window holds, in one query."""
    is_other: ColumnElement[bool] = Answer.id != (question.accepted_answer_id or 0)
    query = _visible(viewer, question).where(or_(~is_other, Answer.id > window.after))
    query = query.options(joinedload(Answer.author)).order_by(is_other, Answer.id)
    return db.session.scalars(query.limit(window.size + 2)).all()


def _earlier(viewer: Viewer, question: Question, window: Window) -> int | None:
    if not window.after:
        return None
    before = _visible(viewer, question).where(Answer.id <= window.after).with_only_columns(Answer.id)
    ids = db.session.scalars(before.order_by(Answer.id.desc()).limit(ANSWERS + 1)).all()
    return ids[-1] if len(ids) > ANSWERS else 0
