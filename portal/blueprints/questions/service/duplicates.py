"""Saying that a question was asked before, and taking that back. Nothing is lost either way.

The old page stays as a signpost. A question that leads on is followed to its end, and a circle is refused.
"""

from __future__ import annotations

from typing import Any

from portal.blueprints.questions.facts import Changed, Merged
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import authors, duplicates, threads
from portal.blueprints.questions.rules import order as rules
from portal.blueprints.questions.rules.order import Way
from portal.blueprints.questions.service import posting, transfers
from portal.core import audit
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

MARKED_ALREADY = N_("This question leads to another one already. Take that back first.")


def may_mark(viewer: Viewer, question: Question) -> bool:
    """Tell whether the viewer may say that a question was asked before."""
    return rules.may_mark_duplicate(
        is_asker=authors.is_author(viewer, question),
        may_mark=viewer.may("questions.mark_duplicate"),
        is_locked=question.is_locked,
        is_moderator=viewer.may("questions.moderate"),
    )


def mark(viewer: Viewer, question_id: int, *, original_id: int) -> Question:
    """Merge a question with the one that was asked before; give the one where everything stands now."""
    transfers.alone()
    must_be_allowed(viewer, threads.get_question(viewer, question_id))
    threads.get_question(viewer, original_id)
    end = duplicates.end_of(original_id)
    if end == question_id:
        raise Invalid(N_("That question leads back to this one."), field="original")
    question, target = transfers.lock(question_id, end)
    if question.duplicate_of_id and duplicates.end_of(question.id) == end:
        return target  # the same press again
    _must_stand_alone(question)
    _must_take_more(viewer, target)
    question.duplicate_of_id = target.id
    transfer = transfers.begin(Way.DUPLICATE, question, target)
    transfers.union_marks(transfer, question, target)
    transfers.carry(transfer, question, target, answers=transfers.movable(question.id))
    _note(viewer, question, "questions.merge", target_id=target.id)
    _index_below(question)
    record(Merged(question_id=question.id, target_id=target.id, by_id=viewer.id))
    return target


def mark_article(viewer: Viewer, question_id: int, *, number: str) -> None:
    """Say that an article answers a question. What stands in the thread stays there: an article takes no answers."""
    transfers.alone()
    must_be_allowed(viewer, threads.get_question(viewer, question_id))
    written = rules.article_number(number)
    if not written:
        raise Invalid(N_("Write the number of an article, such as KB10482."), field="original")
    (question,) = transfers.lock(question_id)
    if question.duplicate_article == written:
        return
    _must_stand_alone(question)
    question.duplicate_article = written
    _note(viewer, question, "questions.merge_article")
    record(Changed(question_id=question.id))
    posting.publish(question)


def undo(viewer: Viewer, question_id: int) -> None:
    """Let a question stand alone again, with everything that was its own. Twice is once."""
    transfers.alone()
    must_be_allowed(viewer, threads.get_question(viewer, question_id))
    (question,) = transfers.lock(question_id)
    if not question.is_duplicate:
        return
    transfer = duplicates.find_standing(question.id)
    question.duplicate_of_id, question.duplicate_article = None, ""
    _note(viewer, question, "questions.unmerge")
    if transfer:
        transfers.bring_back(transfer)
    else:
        transfers.settle(question)
    _index_below(question)


def must_be_allowed(viewer: Viewer, question: Question) -> None:
    """Refuse those who may only suggest it."""
    if not may_mark(viewer, question):
        raise NotAllowed(
            N_("Only the one who asked, peer supporters and those who keep order can say so. You can suggest it.")
        )


def _must_stand_alone(question: Question) -> None:
    if question.is_duplicate:
        raise Conflict(MARKED_ALREADY)


def _must_take_more(viewer: Viewer, target: Question) -> None:
    posting.must_be_open(viewer, target)
    if target.is_hidden:
        raise Conflict(N_("That question is out of sight. Those who follow this one could not go there."))


def _index_below(question: Question) -> None:
    """Let what leads to a question be found where that leads now."""
    for each in duplicates.in_other_words(question.id):
        record(Changed(question_id=each.id))


def _note(viewer: Viewer, question: Question, act: str, **ids: Any) -> None:
    """Write it in the audit log when it is not the asker's own doing."""
    if not authors.is_author(viewer, question):
        audit.note(viewer.id, act, question_id=question.id, **ids)
