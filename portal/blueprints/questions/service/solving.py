"""Saying what solved a question."""

from __future__ import annotations

from datetime import datetime

from portal.blueprints.questions.facts import Changed, Solved
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import authors, threads
from portal.blueprints.questions.rules import posts, states
from portal.blueprints.questions.service import posting
from portal.core import clock
from portal.core.errors import NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def accept(viewer: Viewer, question_id: int, answer_id: int) -> None:
    """Say which answer solved it; the asker may change their mind."""
    question = threads.get_question(viewer, question_id, for_update=True)
    accepted = threads.get_answer(viewer, question_id, answer_id)
    _must_be_asker(viewer, question)
    if question.accepted_answer_id == accepted.id:
        return
    question.accept(accepted.id, _moment(question))
    record(Solved(question_id=question.id, answer_id=accepted.id, by_id=viewer.id))
    record(Changed(question_id=question.id))
    posting.publish(question)


def reopen(viewer: Viewer, question_id: int) -> None:
    """Say that it is not solved after all."""
    question = threads.get_question(viewer, question_id, for_update=True)
    _must_be_asker(viewer, question)
    question.reopen(_moment(question))
    record(Changed(question_id=question.id))
    posting.publish(question)


def _moment(question: Question) -> datetime:
    """Give now, to the hour where the asker has no name."""
    return posts.coarse(clock.now()) if question.is_anonymous else clock.now()


def _must_be_asker(viewer: Viewer, question: Question) -> None:
    if not states.may_accept(is_asker=authors.is_author(viewer, question)):
        raise NotAllowed(N_("Only the one who asked can say what solved it."))
