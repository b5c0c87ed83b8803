"""Answering, and changing what one answered."""

from __future__ import annotations

from portal.blueprints.questions.facts import Answered
from portal.blueprints.questions.models.posts import Answer
from portal.blueprints.questions.queries import duplicates, threads
from portal.blueprints.questions.service import hearing, marks, mentioning, posting, rewording, verdicts
from portal.core.errors import Invalid
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def answer(
    viewer: Viewer,
    question_id: int,
    *,
    body: str,
    key: str | None = None,
    accepts: bool = False,
    is_anonymous: bool = False,
) -> Answer:
    """Answer a question. The same form sent twice is one answer."""
    sent_before = posting.find_sent(Answer, viewer, key)
    if sent_before:
        return sent_before
    question = duplicates.thread_to_answer(viewer, question_id)
    posting.must_be_open(viewer, question)
    body = _checked(body, accepts=accepts)
    posting.bound(viewer)
    written = Answer(question_id=question.id, body=body, key=key)
    posting.sign(viewer, written, question, is_anonymous=is_anonymous)
    added = posting.add_once(written, viewer)
    if added is not written:
        return added
    posting.number_hand(added)
    question.count_answers(1)
    posting.touch(question, added)
    hearing.hear(viewer, question, added)
    posting.keep_pictures(viewer, added, question.id, body)
    if not is_anonymous:
        marks.follow(viewer, question)
    record(Answered(question_id=question.id, answer_id=added.id, author_id=added.author_id, by_id=viewer.id))
    mentioning.tell(viewer, question, added)
    posting.publish(question)
    return added


def edit_answer(
    viewer: Viewer, question_id: int, answer_id: int, *, body: str, version: int, accepts: bool = False
) -> Answer:
    """Change the words of an answer, unless somebody else has changed it meanwhile."""
    changed = threads.get_answer(viewer, question_id, answer_id, for_update=True)
    posting.must_be_allowed_to_edit(viewer, changed, changed.question)
    body = _checked(body, accepts=accepts)
    with rewording.rewording(viewer, changed, version=version):
        changed.body = body
    verdicts.ask_to_look_again(viewer, changed)
    return changed


def _checked(body: str, *, accepts: bool) -> str:
    body = posting.checked(body, field="body", accepts=accepts)
    if not body:
        raise Invalid(N_("Write an answer first."), field="body")
    return body
