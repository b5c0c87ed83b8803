"""Which questions are the same one: where a duplicate leads, and what was asked in other words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import literal, select
from sqlalchemy.orm import joinedload

from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.models.transfers import Transfer, TransferItem
from portal.blueprints.questions.queries import lists, sight, threads
from portal.blueprints.questions.rules.order import Way
from portal.core.db import db
from portal.core.viewer import Viewer

LONGEST_CHAIN = 50  # circles are refused; this bounds what a broken row could cost


def end_of(question_id: int) -> int:
    """Follow a duplicate to the question that is nobody's duplicate. For services, whoever looks."""
    own = select(Question.id, Question.duplicate_of_id.label("next"), literal(0).label("depth"))
    chain = own.where(Question.id == question_id).cte("chain", recursive=True)
    further = select(Question.id, Question.duplicate_of_id, chain.c.depth + 1).join(chain, Question.id == chain.c.next)
    chain = chain.union_all(further.where(chain.c.depth < LONGEST_CHAIN))
    last = db.session.scalar(select(chain.c.id).order_by(chain.c.depth.desc()).limit(1))
    return last if last is not None else question_id


def in_other_words(question_id: int) -> Sequence[Question]:
    """Give the questions that lead to this one, in as many steps as it takes, to everybody who may read it."""
    below = select(Question.id).where(Question.duplicate_of_id == question_id).cte("below", recursive=True)
    below = below.union(select(Question.id).join(below, Question.duplicate_of_id == below.c.id))
    found = lists.visible().where(Question.id.in_(select(below.c.id)), Question.id != question_id)
    return db.session.scalars(found.order_by(Question.id).limit(LONGEST_CHAIN)).all()


def find_standing(question_id: int) -> Transfer | None:
    """Find what merged a question, unless it has been undone."""
    standing = (Transfer.way == Way.DUPLICATE) & Transfer.undone_at.is_(None)
    return db.session.scalar(select(Transfer).where(Transfer.source_id == question_id, standing))


def origins(viewer: Viewer, answer_ids: Sequence[int]) -> dict[int, Transfer]:
    """Give the merges by which answers came, where the viewer may see what they answered first."""
    if not answer_ids:
        return {}
    came = select(TransferItem.answer_id, Transfer).join(Transfer, Transfer.id == TransferItem.transfer_id)
    came = came.where(TransferItem.answer_id.in_(answer_ids), TransferItem.comment_id.is_(None))
    came = came.where(Transfer.way == Way.DUPLICATE, Transfer.undone_at.is_(None))
    found = db.session.execute(came.options(joinedload(Transfer.source)).order_by(Transfer.id.desc()))
    # In a chain, the first merge is the one that took the answer from where it was written.
    return {
        answer_id: transfer for answer_id, transfer in found if answer_id and sight.may_see(viewer, transfer.source)
    }


def where_it_stands(question_id: int, answer_id: int) -> int:
    """Give the thread in which an answer stands that somebody still has open in the thread it was merged away from."""
    stands = db.session.scalar(select(Answer.question_id).where(Answer.id == answer_id))
    return stands if stands is not None and stands == end_of(question_id) else question_id


def thread_to_answer(viewer: Viewer, question_id: int) -> Question:
    """Give the thread that an answer goes to, locked: where the question leads, even when it was merged just now."""
    return _locked(viewer, lambda: end_of(question_id))


def thread_to_comment_in(viewer: Viewer, question_id: int, answer_id: int | None) -> Question:
    """Give the thread that a comment goes to, locked: a comment to an answer goes where that answer stands."""
    if answer_id is None:
        return _locked(viewer, lambda: question_id)
    return _locked(viewer, lambda: where_it_stands(question_id, answer_id))


def _locked(viewer: Viewer, find: Callable[[], int]) -> Question:
    for _ in range(LONGEST_CHAIN):
        wanted = find()
        with db.session.begin_nested() as waited:
            db.session.execute(select(Question.id).where(Question.id == wanted).with_for_update())
            if find() == wanted:
                break
            waited.rollback()  # merged while we waited: the lock is let go, so that locks are only taken in order
    question = threads.get_question(viewer, wanted)
    db.session.refresh(question)
    return question
