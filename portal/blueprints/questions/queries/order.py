"""What those who keep order work with: a whole thread, what was chosen in it, and what went where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, union_all
from sqlalchemy.orm import joinedload

from portal.blueprints.questions.models.flags import Flag
from portal.blueprints.questions.models.posts import Answer, Comment, Question
from portal.blueprints.questions.models.transfers import Recast, Transfer
from portal.blueprints.questions.queries import duplicates, sight, threads
from portal.blueprints.questions.rules import order as rules
from portal.blueprints.questions.rules.order import Reason, Way
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer

Below = TypeVar("Below", Answer, Comment)
MOST = 500  # posts on one page of those who keep order


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The posts of a thread that were chosen in a form."""

    answers: Sequence[Answer]
    comments: Sequence[Comment]

    @property
    def posts(self) -> list[Answer | Comment]:
        """Give them all."""
        return [*self.answers, *self.comments]

    @property
    def answer_ids(self) -> list[int]:
        """Give the ids of the answers."""
        return [answer.id for answer in self.answers]

    @property
    def comment_ids(self) -> list[int]:
        """Give the ids of the comments that do not go with a chosen answer anyway."""
        return [comment.id for comment in self.comments if comment.answer_id not in self.answer_ids]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Where a thread leads, and what leads to it."""

    target: Question | None = None  # where it was asked before, if the viewer may see that
    in_other_words: Sequence[Question] = ()
    came_from: Sequence[Question] = ()
    went_to: Sequence[Question] = ()
    suggestions: Sequence[Flag] = ()
    origins: Mapping[int, Transfer] = field(default_factory=dict)  # by which merge an answer came, by its id


@dataclass(frozen=True, kw_only=True)
class WholeThread:
    """Everything in a thread, the hidden posts too, and what was done with it."""

    question: Question
    answers: Sequence[Answer]
    comments: Sequence[Comment]
    transfers: Sequence[Transfer]

    def comments_on(self, answer_id: int | None) -> list[Comment]:
        """Give the comments under an answer; none is the question."""
        return [comment for comment in self.comments if comment.answer_id == answer_id]


def surroundings(viewer: Viewer, question: Question, answers: Sequence[Answer], *, may_decide: bool) -> Surroundings:
    """Give what a thread's page says of other threads. Suggestions are for those who may decide on them.

    Most threads have nothing to do with others, and that costs one query.
    """
    has_suggestion, transfers = _ties(question.id)
    if not has_suggestion and not transfers:
        return Surroundings()
    splits = [each for each in transfers if each.way == Way.SPLIT]
    merges = [each for each in transfers if each.way == Way.DUPLICATE and each.target_id == question.id]
    target = db.session.get(Question, duplicates.end_of(question.id)) if question.duplicate_of_id else None
    return Surroundings(
        target=target if target and _may_be_named(viewer, target) else None,
        in_other_words=duplicates.in_other_words(question.id) if merges and target is None else [],
        came_from=[
            each.source for each in splits if each.target_id == question.id and _may_be_named(viewer, each.source)
        ],
        went_to=[
            each.target for each in splits if each.source_id == question.id and _may_be_named(viewer, each.target)
        ],
        suggestions=suggestions(question.id) if has_suggestion and may_decide and not question.is_duplicate else [],
        origins=duplicates.origins(viewer, [answer.id for answer in answers]) if merges else {},
    )


def _ties(question_id: int) -> tuple[bool, Sequence[Transfer]]:
    """Tell whether something waits to be decided of a thread, and what has gone from it or to it and stands."""
    involved = or_(Transfer.source_id == question_id, Transfer.target_id == question_id)
    moved = select(Transfer.id.label("id"), literal(1).label("is_transfer")).where(
        involved, Transfer.undone_at.is_(None)
    )
    waiting = select(Flag.id, literal(0)).where(Flag.question_id == question_id, _is_open_suggestion())
    found = db.session.execute(union_all(moved, waiting)).all()
    ids = [row.id for row in found if row.is_transfer]
    both = select(Transfer).options(joinedload(Transfer.source), joinedload(Transfer.target)).order_by(Transfer.id)
    transfers = db.session.scalars(both.where(Transfer.id.in_(ids))).all() if ids else []
    return len(found) > len(ids), transfers


def _is_open_suggestion() -> ColumnElement[bool]:
    named = or_(Flag.suggested_id.is_not(None), Flag.suggested_article != "")
    return and_(Flag.reason == Reason.DUPLICATE, Flag.settled_at.is_(None), named)


def _may_be_named(viewer: Viewer, question: Question) -> bool:
    """Tell whether a question may be named to the viewer on the page of another one."""
    return not question.is_hidden or viewer.may("questions.moderate")


def suggestions(question_id: int) -> Sequence[Flag]:
    """Give what colleagues think this is a duplicate of, each answer once and without who suggested it."""
    found = db.session.scalars(
        select(Flag)
        .where(Flag.question_id == question_id, _is_open_suggestion())
        .options(joinedload(Flag.suggested))
        .order_by(Flag.id)
    )
    once = {(flag.suggested_id, flag.suggested_article): flag for flag in reversed(found.all())}
    return [flag for flag in once.values() if flag.suggested is None or not flag.suggested.is_hidden]


def whole_thread(viewer: Viewer, question_id: int) -> WholeThread:
    """Give a thread to those who keep order in it."""
    question = threads.get_question(viewer, question_id)
    involved = or_(Transfer.source_id == question.id, Transfer.target_id == question.id)
    undoable = select(Transfer).where(involved, Transfer.undone_at.is_(None), Transfer.way != Way.DUPLICATE)
    both = undoable.options(joinedload(Transfer.source), joinedload(Transfer.target))
    return WholeThread(
        question=question,
        answers=db.session.scalars(_below(Answer, question.id).where(~sight.is_shell(Answer))).all(),
        comments=db.session.scalars(_below(Comment, question.id).where(~sight.is_shell(Comment))).all(),
        transfers=db.session.scalars(both.order_by(Transfer.id.desc())).all(),
    )


def chosen(viewer: Viewer, question_id: int, values: Iterable[str]) -> Chosen:
    """Give what was chosen in a thread; what stands in another thread is not found."""
    question = threads.get_question(viewer, question_id)
    picked = list(values)
    return Chosen(
        answers=_picked(Answer, question.id, rules.read_references(picked, "answer")),
        comments=_picked(Comment, question.id, rules.read_references(picked, "comment")),
    )


def get_transfer(viewer: Viewer, question_id: int, transfer_id: int) -> Transfer:
    """Give a split or a move that has to do with a thread and stands."""
    question = threads.get_question(viewer, question_id)
    transfer = db.session.get(Transfer, transfer_id)
    if transfer is None or transfer.way == Way.DUPLICATE or question.id not in {transfer.source_id, transfer.target_id}:
        raise NotFound(N_("We cannot find what was moved."))
    return transfer


def find_recast(*, answer_id: int | None = None, comment_id: int | None = None) -> Recast | None:
    """Find the other shape of a text that has been an answer and a comment."""
    same = Recast.answer_id == answer_id if answer_id is not None else Recast.comment_id == comment_id
    return db.session.scalar(select(Recast).where(same))


def _below(kind: type[Below], question_id: int) -> Select[Below]:
    query = select(kind).where(kind.question_id == question_id).options(joinedload(kind.author))
    return query.order_by(kind.id).limit(MOST)


def _picked(kind: type[Below], question_id: int, ids: Sequence[int]) -> Sequence[Below]:
    if not ids:
        return []
    wanted = (
        select(kind).where(kind.id.in_(ids), kind.question_id == question_id, ~sight.is_shell(kind)).order_by(kind.id)
    )
    found = db.session.scalars(wanted, execution_options={"populate_existing": True}).all()
    if len(found) < len(ids):
        raise NotFound(N_("We cannot find that in this thread. Somebody may have moved it."))
    return found
