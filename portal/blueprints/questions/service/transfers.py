"""Taking posts from one thread to another, and back: what went is written down, thing by thing.

Whoever moves posts is alone with it: two merges at once could make a circle, or each take the other's posts. The rows
of the threads are locked in the order of their ids, so that an answer that is being written waits, and then goes where
the thread leads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.blueprints.questions.facts import Changed
from portal.blueprints.questions.models.history import Revision
from portal.blueprints.questions.models.marks import Following, Wondering
from portal.blueprints.questions.models.pictures import Picture
from portal.blueprints.questions.models.posts import Answer, Comment, Question
from portal.blueprints.questions.models.transfers import Transfer, TransferItem
from portal.blueprints.questions.queries import duplicates
from portal.blueprints.questions.rules import posts as rules
from portal.blueprints.questions.rules.order import Mark, Way
from portal.blueprints.questions.service import posting
from portal.core import clock
from portal.core.db import db, is_sqlite
from portal.core.errors import NotFound
from portal.core.facts import record
from portal.core.i18n import N_

ONE_AT_A_TIME = 7_361_940_257  # a number of our own among PostgreSQL's advisory locks
MARKS: dict[Mark, type[Following] | type[Wondering]] = {Mark.FOLLOWING: Following, Mark.WONDERING: Wondering}
QUIETLY = {"synchronize_session": False}


def alone() -> None:
    """Wait until nobody else moves posts, and be alone with it until the transaction ends."""
    if not is_sqlite():  # SQLite has one writer anyway
        db.session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))


def lock(*question_ids: int) -> list[Question]:
    """Lock threads, always in the same order; give them as they are now, in the order of asking."""
    wanted = select(Question).where(Question.id.in_(question_ids)).order_by(Question.id).with_for_update()
    found = {each.id: each for each in db.session.scalars(wanted, execution_options={"populate_existing": True})}
    if len(found) < len(set(question_ids)):
        raise NotFound(N_("We cannot find that question."))
    return [found[question_id] for question_id in question_ids]


def begin(way: Way, source: Question, target: Question) -> Transfer:
    """Write down that posts are about to go."""
    transfer = Transfer(way=way, source_id=source.id, target_id=target.id, done_at=rules.coarse(clock.now()))
    db.session.add(transfer)
    db.session.flush()
    return transfer


def carry(
    transfer: Transfer, source: Question, target: Question, *, answers: Sequence[int], comments: Sequence[int] = ()
) -> None:
    """Take answers with all that hangs on them, and comments, to the target."""
    if source.accepted_answer_id in answers:
        transfer.accepted_answer_id, transfer.solved_at = source.accepted_answer_id, source.solved_at
        transfer.accepted_by_peer = source.accepted_by_peer
        source.reopen(source.reopened_at)
    under = select(Comment.id, Comment.answer_id).where(Comment.id.in_(comments))
    places = {comment_id: answer_id for comment_id, answer_id in db.session.execute(under)}
    rows = [{"transfer_id": transfer.id, "answer_id": answer_id, "comment_id": None} for answer_id in answers]
    rows += [{"transfer_id": transfer.id, "answer_id": places[each], "comment_id": each} for each in places]
    if rows:
        db.session.execute(insert(TransferItem), rows)
    _put(answers, to=target.id, pictures_of=source.id)
    if places:
        free = update(Comment).where(Comment.id.in_(places)).values(question_id=target.id, answer_id=None)
        db.session.execute(free, execution_options=QUIETLY)
        _take_pictures([], list(places), of=source.id, to=target.id)
    settle(source, target)


def union_marks(transfer: Transfer, source: Question, target: Question) -> None:
    """Let those who follow the source, or wonder about it, do the same with the target."""
    for mark, kind in MARKS.items():
        there = select(kind.person_id).where(kind.question_id == source.id)
        give_marks(transfer, target, mark, set(db.session.scalars(there)))


def give_marks(transfer: Transfer, target: Question, mark: Mark, people: Collection[int]) -> None:
    """Set a mark on the target for people who have not set it; it is taken away when the transfer is undone."""
    kind = MARKS[mark]
    there = set(db.session.scalars(select(kind.person_id).where(kind.question_id == target.id)))
    new = sorted(set(people) - there)
    if new:
        rows = [{"question_id": target.id, "person_id": each, "created_at": clock.now()} for each in new]
        db.session.execute(_unless_there(kind), rows)
        items = [{"transfer_id": transfer.id, "person_id": each, "mark": mark} for each in new]
        db.session.execute(insert(TransferItem), items)


def bring_back(transfer: Transfer) -> None:
    """Take everything back that went and still stands where it led; what somebody has moved on since stays there."""
    here = duplicates.end_of(transfer.target_id)
    source, target = lock(transfer.source_id, here)
    items = db.session.scalars(select(TransferItem).where(TransferItem.transfer_id == transfer.id)).all()
    answers = _standing(Answer, [item.answer_id for item in items if item.answer_id and not item.comment_id], here)
    comments = _standing(Comment, [item.comment_id for item in items if item.comment_id], here)
    if target.accepted_answer_id in answers:
        target.reopen(target.reopened_at)
    _put(answers, to=source.id, pictures_of=target.id)
    for item in items:
        if item.comment_id in comments:
            back = update(Comment).where(Comment.id == item.comment_id)
            db.session.execute(back.values(question_id=source.id, answer_id=item.answer_id), execution_options=QUIETLY)
    _take_pictures([], comments, of=target.id, to=source.id)
    _forget_later(transfer, answers, comments)
    _take_marks_back(transfer, items)
    transfer.undone_at = rules.coarse(clock.now())
    settle(source, target)
    if transfer.accepted_answer_id in answers and source.accepted_answer_id is None and transfer.solved_at:
        source.accept(transfer.accepted_answer_id or 0, transfer.solved_at, by_peer=transfer.accepted_by_peer)


def settle(*threads: Question) -> None:
    """Count the answers of threads anew, and let the index and the open pages know."""
    db.session.flush()
    for thread in threads:
        seen = select(func.count()).where(Answer.question_id == thread.id, Answer.is_hidden.is_(False))
        thread.recount(db.session.scalar(seen) or 0)
        record(Changed(question_id=thread.id))
        posting.publish(thread)


def movable(question_id: int) -> list[int]:
    """Give the answers of a thread that can go; the empty shell of one that became a comment stays with it."""
    is_shell = Answer.is_hidden & (Answer.body == "")
    return list(db.session.scalars(select(Answer.id).where(Answer.question_id == question_id, ~is_shell)))


def _unless_there(kind: type[Following] | type[Wondering]) -> Any:
    """Give an INSERT that leaves alone what somebody has pressed in the same moment."""
    return (sqlite.insert if is_sqlite() else postgresql.insert)(kind).on_conflict_do_nothing()


def _put(answers: Sequence[int], *, to: int, pictures_of: int) -> None:
    if not answers:
        return
    db.session.flush()
    for kind, which in ((Answer, Answer.id), (Comment, Comment.answer_id)):
        moved = update(kind).where(which.in_(answers)).values(question_id=to)
        db.session.execute(moved, execution_options=QUIETLY)
    _take_pictures(answers, [], of=pictures_of, to=to)
    db.session.expire_all()


def _standing(kind: type[Answer] | type[Comment], ids: Iterable[int], question_id: int) -> list[int]:
    found = select(kind.id).where(kind.id.in_(list(ids)), kind.question_id == question_id)
    return list(db.session.scalars(found))


def _take_pictures(answers: Sequence[int], comments: Sequence[int], *, of: int, to: int) -> None:
    """Let who may read a text see its pictures: they belong to the thread in which it stands."""
    under = or_(Comment.answer_id.in_(answers), Comment.id.in_(comments))
    remarks = select(Comment.id).where(under)
    texts = [
        *db.session.scalars(select(Answer.body).where(Answer.id.in_(answers))),
        *db.session.scalars(select(Comment.body).where(under)),
        *db.session.scalars(
            select(Revision.body).where(or_(Revision.answer_id.in_(answers), Revision.comment_id.in_(remarks)))
        ),
    ]
    tokens = rules.picture_tokens("\n".join(texts))
    if tokens:
        taken = update(Picture).where(Picture.token.in_(tokens), Picture.question_id == of)
        db.session.execute(taken.values(question_id=to), execution_options=QUIETLY)


def _forget_later(transfer: Transfer, answers: Sequence[int], comments: Sequence[int]) -> None:
    """Drop what has come home from the transfers that carried it further: they have nothing of it to give back."""
    gone = or_(
        TransferItem.answer_id.in_(answers) & TransferItem.comment_id.is_(None), TransferItem.comment_id.in_(comments)
    )
    later = delete(TransferItem).where(TransferItem.transfer_id > transfer.id, gone)
    db.session.execute(later, execution_options=QUIETLY)


def _take_marks_back(transfer: Transfer, items: Sequence[TransferItem]) -> None:
    """Take away the marks that the merge gave, here and further on, but not from those who have written there since."""
    for mark, kind in MARKS.items():
        people = [item.person_id for item in items if item.mark == mark]
        place: Transfer | None = transfer
        while people and place:
            wrote = or_(*(_wrote(post, kind, place.target_id) for post in (Answer, Comment)))
            given = delete(kind).where(kind.question_id == place.target_id, kind.person_id.in_(people), ~wrote)
            db.session.execute(given, execution_options=QUIETLY)
            place = duplicates.find_standing(place.target_id)
            if place:
                own = (TransferItem.transfer_id == place.id) & (TransferItem.mark == mark)
                further = select(TransferItem.person_id).where(own, TransferItem.person_id.in_(people))
                people = list(db.session.scalars(further))
                dropped = delete(TransferItem).where(own, TransferItem.person_id.in_(people))
                db.session.execute(dropped, execution_options=QUIETLY)


def _wrote(
    post: type[Answer] | type[Comment], kind: type[Following] | type[Wondering], question_id: int
) -> ColumnElement[bool]:
    return exists().where(post.question_id == question_id, post.author_id == kind.person_id)
