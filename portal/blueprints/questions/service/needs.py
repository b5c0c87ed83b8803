"""Saying that something is missing: one must know more, or what solved it did not help. Both are remarks that tell."""

from __future__ import annotations

from portal.blueprints.questions.facts import Doubted, MoreWanted
from portal.blueprints.questions.models.posts import Comment, Question
from portal.blueprints.questions.queries import authors, nameless, threads
from portal.blueprints.questions.rules import lifecycle
from portal.blueprints.questions.rules import posts as rules
from portal.blueprints.questions.rules.states import State
from portal.blueprints.questions.service import commenting, marks, posting, solving
from portal.core import clock
from portal.core.errors import Conflict
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def want_more(viewer: Viewer, question_id: int, *, line: str, key: str | None = None, accepts: bool = False) -> Comment:
    """Ask the asker for more, in one line that becomes a comment. It is cleared when the asker writes."""
    sent_before = posting.find_sent(Comment, viewer, key)
    if sent_before:
        return sent_before
    question = threads.get_question(viewer, question_id, for_update=True)
    is_closed = question.is_locked or question.is_duplicate
    if not lifecycle.may_want_more(solving.part(viewer, question), State(question.state), is_closed=is_closed):
        raise Conflict(N_("This question does not wait for more from the asker."))
    is_nameless = nameless.writes_nameless(viewer, question)
    wanted = commenting.comment(
        viewer, question_id, body=line, key=key, accepts=accepts, is_anonymous=is_nameless, is_call=True
    )
    question.want_more(rules.coarse(clock.now()) if is_nameless else clock.now())
    if not is_nameless:
        marks.follow(viewer, question)  # who asks for more wants to hear it
    record(MoreWanted(question_id=question.id, author_id=wanted.author_id, by_id=viewer.id))
    posting.publish(question)
    return wanted


def doubt(
    viewer: Viewer, question_id: int, answer_id: int, *, line: str, key: str | None = None, accepts: bool = False
) -> Comment:
    """Say that an answer did not help, in one line that becomes a comment. The asker decides whether to open it."""
    sent_before = posting.find_sent(Comment, viewer, key)
    if sent_before:
        return sent_before
    question = threads.get_question(viewer, question_id, for_update=True)
    answer = threads.get_answer(viewer, question_id, answer_id)
    is_author = authors.is_author(viewer, answer)
    if not lifecycle.may_doubt(solving.part(viewer, question), State(question.state), is_author=is_author):
        raise Conflict(N_("Change your own answer, or open your own question again."))
    is_nameless = nameless.writes_nameless(viewer, question)
    told = commenting.comment(
        viewer, question_id, answer_id=answer.id, body=line, key=key, accepts=accepts, is_anonymous=is_nameless
    )
    _tell(viewer, question, answer.id, told)
    return told


def _tell(viewer: Viewer, question: Question, answer_id: int, told: Comment) -> None:
    ids = {"question_id": question.id, "answer_id": answer_id}
    record(Doubted(**ids, author_id=told.author_id, by_id=viewer.id))
    posting.publish(question)
