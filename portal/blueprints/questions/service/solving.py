"""Saying what solved a question, and that it is not solved after all."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.blueprints.questions.facts import AcceptedByPeer, Changed, Reopened, Solved
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import authors, threads
from portal.blueprints.questions.rules import lifecycle, posts
from portal.blueprints.questions.rules.lifecycle import Part, Silence
from portal.blueprints.questions.rules.states import State
from portal.blueprints.questions.service import posting
from portal.core import clock
from portal.core.errors import NotAllowed, PortalError
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.settings import current_settings
from portal.core.viewer import Viewer

ONLY_THE_ASKER = N_("Only the one who asked can say what solved it.")
NOT_SILENT_YET = N_("The asker may still say what solved it. Peer supporters can step in after some days of silence.")


def part(viewer: Viewer, question: Question) -> Part:
    """Tell what the viewer is in a thread."""
    return Part(is_asker=authors.is_author(viewer, question), is_peer=viewer.may("questions.accept_for_others"))


def silence(question: Question) -> Silence:
    """Tell how quiet a thread is. Nobody learns whether an asker without a name has left the desk."""
    return Silence(
        lasts=lifecycle.silent_for(question.active_at, clock.now()),
        enough=timedelta(days=current_settings().accept_after_days),
        is_asker_gone=question.author is not None and not question.author.is_active,
    )


def accept(viewer: Viewer, question_id: int, answer_id: int) -> None:
    """Say which answer solved it; the asker may change their mind, and undo what a peer supporter said."""
    question = threads.get_question(viewer, question_id, for_update=True)
    accepted = threads.get_answer(viewer, question_id, answer_id)
    mine = part(viewer, question)
    if question.accepted_answer_id == accepted.id and (mine.is_asker or mine.is_peer):
        question.accepted_by_peer = question.accepted_by_peer and not mine.is_asker
        return
    if not lifecycle.may_accept(mine, State(question.state), silence(question)):
        raise _refusal(mine)
    question.accept(accepted.id, _moment(question), by_peer=not mine.is_asker)
    is_nameless = mine.is_asker and question.is_anonymous
    record(Solved(question_id=question.id, answer_id=accepted.id, by_id=viewer.id, is_nameless=is_nameless))
    if not mine.is_asker:
        record(AcceptedByPeer(question_id=question.id, answer_id=accepted.id, by_id=viewer.id))
    record(Changed(question_id=question.id))
    posting.publish(question)


def reopen(viewer: Viewer, question_id: int) -> None:
    """Say that it is not solved after all. Pressed twice it is open once."""
    question = threads.get_question(viewer, question_id, for_update=True)
    mine = part(viewer, question)
    if question.state != State.SOLVED and mine.is_asker:
        return
    if not lifecycle.may_reopen(mine, State(question.state), is_by_peer=question.accepted_by_peer):
        raise NotAllowed(ONLY_THE_ASKER)
    was_solved_by = question.accepted_answer_id or 0
    question.reopen(_moment(question))
    is_nameless = mine.is_asker and question.is_anonymous
    record(Reopened(question_id=question.id, answer_id=was_solved_by, by_id=viewer.id, is_nameless=is_nameless))
    record(Changed(question_id=question.id))
    posting.publish(question)


def _refusal(mine: Part) -> PortalError:
    return NotAllowed(NOT_SILENT_YET if mine.is_peer else ONLY_THE_ASKER)


def _moment(question: Question) -> datetime:
    """Give now, to the hour where the asker has no name."""
    return posts.coarse(clock.now()) if question.is_anonymous else clock.now()
