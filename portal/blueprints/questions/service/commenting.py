"""Short remarks to a question or an answer: written, mended, taken away."""

from __future__ import annotations

from portal.blueprints.questions.facts import Changed, Commented
from portal.blueprints.questions.models.posts import Comment, Question
from portal.blueprints.questions.queries import authors, duplicates, threads
from portal.blueprints.questions.service import hearing, mentioning, posting, rewording
from portal.core.db import db
from portal.core.errors import Invalid, NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def comment(
    viewer: Viewer,
    question_id: int,
    *,
    answer_id: int | None = None,
    body: str,
    key: str | None = None,
    accepts: bool = False,
    is_anonymous: bool = False,
    is_call: bool = False,
    is_told_apart: bool = False,
) -> Comment:
    """Comment on a question, or on one of its answers. The same form sent twice is one comment."""
    sent_before = posting.find_sent(Comment, viewer, key)
    if sent_before:
        return sent_before
    question = duplicates.thread_to_comment_in(viewer, question_id, answer_id)
    if answer_id is not None:
        threads.get_answer(viewer, question.id, answer_id)
    posting.must_be_open(viewer, question)
    body = _checked(body, accepts=accepts)
    posting.bound(viewer)
    written = Comment(question_id=question.id, answer_id=answer_id, body=body, key=key)
    posting.sign(viewer, written, question, is_anonymous=is_anonymous)
    added = posting.add_once(written, viewer)
    if added is not written:
        return added
    posting.number_hand(added)
    posting.touch(question, added)
    hearing.hear(viewer, question, added)
    posting.keep_pictures(viewer, added, question.id, body)
    _tell(viewer, question, added, is_call=is_call, is_told_apart=is_told_apart)
    posting.publish(question)
    return added


def _tell(viewer: Viewer, question: Question, added: Comment, *, is_call: bool, is_told_apart: bool) -> None:
    record(
        Commented(
            question_id=question.id,
            answer_id=added.answer_id,
            comment_id=added.id,
            author_id=added.author_id,
            by_id=viewer.id,
            is_call=is_call,
            is_told_apart=is_told_apart,
        )
    )
    mentioning.tell(viewer, question, added)
    record(Changed(question_id=question.id))


def edit_comment(
    viewer: Viewer, question_id: int, comment_id: int, *, body: str, version: int, accepts: bool = False
) -> Comment:
    """Change the words of a comment, unless somebody else has changed it meanwhile."""
    changed = threads.get_comment(viewer, question_id, comment_id, for_update=True)
    posting.must_be_allowed_to_edit(viewer, changed, changed.question)
    body = _checked(body, accepts=accepts)
    with rewording.rewording(viewer, changed, version=version):
        changed.body = body
    return changed


def remove_comment(viewer: Viewer, question_id: int, comment_id: int) -> None:
    """Take one's own comment away, with all that it said before. Nothing of it is left."""
    removed = threads.get_comment(viewer, question_id, comment_id, for_update=True)
    if not authors.is_author(viewer, removed):
        raise NotAllowed(N_("Only the one who wrote this can take it away."))
    question = removed.question
    db.session.delete(removed)
    db.session.flush()
    record(Changed(question_id=question_id))
    posting.publish(question)


def _checked(body: str, *, accepts: bool) -> str:
    body = posting.checked(body, field="body", accepts=accepts)
    if not body:
        raise Invalid(N_("Write a comment first."), field="body")
    return body
