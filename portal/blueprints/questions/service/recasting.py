"""Making a comment of an answer, and an answer of a comment, back and forth without losing anything.

A text keeps both rows: one holds the words, the other is an empty shell out of sight. So thanks, marks and the
number by which an import knows an answer wait where they are, however long it is a comment.
"""

from __future__ import annotations

from sqlalchemy import select, update

from portal.blueprints.questions.models.flags import Flag
from portal.blueprints.questions.models.history import Revision
from portal.blueprints.questions.models.posts import Answer, Comment
from portal.blueprints.questions.models.transfers import Recast
from portal.blueprints.questions.queries import order, threads
from portal.blueprints.questions.rules.order import reference
from portal.blueprints.questions.rules.posts import COMMENT_LONGEST
from portal.blueprints.questions.service import moderation, transfers
from portal.core import audit
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.core.viewer import Viewer

QUIETLY = {"synchronize_session": False}
CARRIED = ("author_id", "mask", "salt", "created_at", "body", "changed_at", "version", "is_hidden")


def make_comment(viewer: Viewer, question_id: int, answer_id: int, *, under_id: int | None = None) -> Comment:
    """Make a comment of an answer: to the question, or to another answer."""
    moderation.must_keep_order(viewer)
    transfers.alone()
    (question,) = transfers.lock(question_id)
    answer = threads.get_answer(viewer, question_id, answer_id, for_update=True)
    if under_id is not None:
        threads.get_answer(viewer, question_id, under_id)
    _must_fit(answer, is_solution=question.accepted_answer_id == answer.id, under_id=under_id)
    recast = order.find_recast(answer_id=answer.id) or _recast_to_comment(answer)
    comment = db.session.get_one(Comment, recast.comment_id)
    recast.under_id, recast.remarks = under_id, _free_remarks(answer)
    comment.question_id, comment.answer_id = question.id, under_id
    _carry_over(answer, comment)
    audit.note(viewer.id, "questions.make_comment", question_id=question.id, answer_id=answer.id, comment_id=comment.id)
    transfers.settle(question)
    return comment


def make_answer(viewer: Viewer, question_id: int, comment_id: int) -> Answer:
    """Make an answer of a comment; one that was an answer before is that answer again, with its thanks."""
    moderation.must_keep_order(viewer)
    transfers.alone()
    (question,) = transfers.lock(question_id)
    comment = threads.get_comment(viewer, question_id, comment_id, for_update=True)
    recast = order.find_recast(comment_id=comment.id) or _recast_to_answer(comment)
    answer = db.session.get_one(Answer, recast.answer_id)
    answer.question_id = question.id
    _carry_over(comment, answer)
    _bring_remarks(answer, recast)
    audit.note(viewer.id, "questions.make_answer", question_id=question.id, answer_id=answer.id, comment_id=comment.id)
    transfers.settle(question)
    return answer


def _must_fit(answer: Answer, *, is_solution: bool, under_id: int | None) -> None:
    if is_solution:
        raise Conflict(N_("This answer solved the question. It stays an answer."))
    if len(answer.body) > COMMENT_LONGEST:
        raise Invalid(N_("That answer is too long to be a comment."), field="chosen")
    if under_id == answer.id:
        raise Invalid(N_("An answer cannot be a comment to itself."), field="under")
    if not answer.body:
        raise Conflict(N_("That answer is a comment already."))


def _recast_to_comment(answer: Answer) -> Recast:
    comment = Comment(question_id=answer.question_id, body="", is_hidden=True, created_at=answer.created_at)
    comment.author_id, comment.mask, comment.salt = answer.author_id, answer.mask, answer.salt
    return _pair(answer, comment, new=comment)


def _recast_to_answer(comment: Comment) -> Recast:
    answer = Answer(question_id=comment.question_id, body="", is_hidden=True, created_at=comment.created_at)
    answer.author_id, answer.mask, answer.salt = comment.author_id, comment.mask, comment.salt
    return _pair(answer, comment, new=answer)


def _pair(answer: Answer, comment: Comment, *, new: Answer | Comment) -> Recast:
    db.session.add(new)
    db.session.flush()
    recast = Recast(answer_id=answer.id, comment_id=comment.id, remarks=[])
    db.session.add(recast)
    db.session.flush()
    return recast


def _carry_over(before: Answer | Comment, after: Answer | Comment) -> None:
    """Let the words, their history and the flags of one shape become those of the other."""
    for name in CARRIED:
        setattr(after, name, getattr(before, name))
    before.body, before.is_hidden = "", True
    db.session.flush()
    for kind in (Revision, Flag):
        own = kind.answer_id == before.id if isinstance(before, Answer) else kind.comment_id == before.id
        ids = {"answer_id": None, "comment_id": None} | {f"{after.__tablename__}_id": after.id}
        named = {"post": reference(after.__tablename__, after.id)} if kind is Flag else {}
        db.session.execute(update(kind).where(own).values(**ids, **named), execution_options=QUIETLY)


def _free_remarks(answer: Answer) -> list[int]:
    """Let the comments of an answer stand under the question as long as it is none; give their ids."""
    ids = list(db.session.scalars(select(Comment.id).where(Comment.answer_id == answer.id)))
    freed = update(Comment).where(Comment.id.in_(ids)).values(answer_id=None)
    db.session.execute(freed, execution_options=QUIETLY)
    return ids


def _bring_remarks(answer: Answer, recast: Recast) -> None:
    still_free = (Comment.question_id == answer.question_id) & Comment.answer_id.is_(None)
    own = update(Comment).where(Comment.id.in_(recast.remarks), still_free)
    db.session.execute(own.values(answer_id=answer.id), execution_options=QUIETLY)
    recast.under_id, recast.remarks = None, []
