"""Keeping order in a thread: hide, close, move, split. Every act is written in the audit log, with ids and no words."""

from __future__ import annotations

from collections.abc import Sequence

from portal.blueprints.questions.facts import Carried, Changed, Hidden, Returned
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.models.transfers import Transfer
from portal.blueprints.questions.queries import duplicates, order, threads
from portal.blueprints.questions.queries.order import Chosen
from portal.blueprints.questions.rules import posts as rules
from portal.blueprints.questions.rules.order import Mark, Way
from portal.blueprints.questions.service import marks, posting, transfers
from portal.core import audit, clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

NOTHING_CHOSEN = N_("Choose what it is about first.")


def must_keep_order(viewer: Viewer) -> None:
    """Refuse those who do not keep order here."""
    if not viewer.may("questions.moderate"):
        raise NotAllowed(N_("This is not open to you."))


def hide(viewer: Viewer, question_id: int, *, hidden: bool) -> None:
    """Take a question out of sight, or bring it back."""
    must_keep_order(viewer)
    (question,) = transfers.lock(question_id)
    audit.note(viewer.id, "questions.hide" if hidden else "questions.show", question_id=question.id)
    put_out_of_sight(question, hidden=hidden)


def hide_posts(viewer: Viewer, question_id: int, chosen: Sequence[str], *, hidden: bool) -> None:
    """Take answers and comments out of sight, or bring them back. The thread stands."""
    must_keep_order(viewer)
    transfers.lock(question_id)
    picked = _chosen(viewer, question_id, chosen)
    for post in picked.posts:
        if post.is_hidden != hidden:
            act = "questions.hide_" if hidden else "questions.show_"
            audit.note(viewer.id, act + post.__tablename__, question_id=question_id, id=post.id)
            put_out_of_sight(post, hidden=hidden)


def put_out_of_sight(post: Post, *, hidden: bool) -> None:
    """Hide a post from all but its author and those who keep order, or show it again; the thread is locked."""
    if post.is_hidden == hidden:
        return
    post.is_hidden = hidden
    if isinstance(post, Answer | Comment):
        transfers.settle(post.question)
        return
    record(Hidden(question_id=post.id) if hidden else Returned(question_id=post.id))
    if not hidden:
        record(Changed(question_id=post.id))
    posting.publish(post)


def close(viewer: Viewer, question_id: int, *, closed: bool) -> None:
    """Let nothing more be written in a thread, or open it again. Presses still work."""
    must_keep_order(viewer)
    (question,) = transfers.lock(question_id)
    if question.is_locked == closed:
        return
    question.is_locked = closed
    audit.note(viewer.id, "questions.close" if closed else "questions.open", question_id=question.id)
    posting.publish(question)


def move(viewer: Viewer, question_id: int, chosen: Sequence[str], *, target_id: int) -> Transfer:
    """Take answers and comments to another question."""
    must_keep_order(viewer)
    transfers.alone()
    threads.get_question(viewer, target_id)
    end = duplicates.end_of(target_id)
    if end == question_id:
        raise Invalid(N_("It stands in that thread already."), field="target")
    source, target = transfers.lock(question_id, end)
    transfer = _carry(viewer, Way.MOVE, source, target, _chosen(viewer, question_id, chosen))
    audit.note(viewer.id, "questions.move", question_id=source.id, target_id=target.id, transfer_id=transfer.id)
    return transfer


def split(viewer: Viewer, question_id: int, chosen: Sequence[str], *, title: str, accepts: bool = False) -> Question:
    """Make a question of its own of answers and comments. Who splits gives it a title, and stands as its asker."""
    must_keep_order(viewer)
    transfers.alone()
    (source,) = transfers.lock(question_id)
    picked = _chosen(viewer, question_id, chosen)
    title = posting.checked(title, field="title", accepts=accepts).strip()
    if not title:
        raise Invalid(N_("Give the new question a title."), field="title")
    new = Question(title=title[: rules.TITLE_LONGEST], author_id=viewer.id, tags=list(source.tags))
    new.created_at = new.active_at = clock.now()
    db.session.add(new)
    db.session.flush()
    marks.follow(viewer, new)
    transfer = _carry(viewer, Way.SPLIT, source, new, picked)
    audit.note(viewer.id, "questions.split", question_id=source.id, target_id=new.id, transfer_id=transfer.id)
    return new


def undo(viewer: Viewer, question_id: int, transfer_id: int) -> Transfer:
    """Take back a move or a split. A question that was split off and has nothing of its own goes out of sight."""
    must_keep_order(viewer)
    transfers.alone()
    transfer = order.get_transfer(viewer, question_id, transfer_id)
    db.session.refresh(transfer)
    if transfer.undone_at is None:
        transfers.bring_back(transfer)
        audit.note(viewer.id, "questions.unmove", question_id=transfer.source_id, transfer_id=transfer.id)
        if transfer.way == Way.SPLIT and not transfers.movable(transfer.target_id):
            put_out_of_sight(db.session.get_one(Question, transfer.target_id), hidden=True)
    return transfer


def _chosen(viewer: Viewer, question_id: int, chosen: Sequence[str]) -> Chosen:
    picked = order.chosen(viewer, question_id, chosen)
    if not picked.answers and not picked.comments:
        raise Invalid(NOTHING_CHOSEN, field="chosen")
    return picked


def _carry(viewer: Viewer, way: Way, source: Question, target: Question, picked: Chosen) -> Transfer:
    if target.is_hidden:
        raise Conflict(N_("That question is out of sight. Those who follow this one could not go there."))
    transfer = transfers.begin(way, source, target)
    _let_authors_follow(transfer, target, picked.posts)
    transfers.carry(transfer, source, target, answers=picked.answer_ids, comments=picked.comment_ids)
    record(Carried(transfer_id=transfer.id, target_id=target.id, by_id=viewer.id))
    return transfer


def _let_authors_follow(transfer: Transfer, target: Question, posts: Sequence[Answer | Comment]) -> None:
    """Let those who wrote under their name hear what comes of it where it stands now."""
    transfers.give_marks(transfer, target, Mark.FOLLOWING, {post.author_id for post in posts if post.author_id})
