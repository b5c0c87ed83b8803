"""Saying who is looking at a question now."""

from __future__ import annotations

from sqlalchemy import update

from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import threads
from portal.blueprints.questions.rules import states
from portal.blueprints.questions.service import posting
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def claim(viewer: Viewer, question_id: int) -> None:
    """Say «I am looking at it»; the first of two who press at once has it, and it lapses by itself."""
    question = threads.get_question(viewer, question_id)
    moment = clock.now()
    free = (
        (Question.claimed_until.is_(None)) | (Question.claimed_until <= moment) | (Question.claimed_by_id == viewer.id)
    )
    taken = update(Question).where(Question.id == question.id, Question.state == states.State.OPEN, free)
    taken = taken.values(claimed_by_id=viewer.id, claimed_until=moment + states.CLAIM_LASTS).returning(Question.id)
    if db.session.scalar(taken, execution_options={"synchronize_session": False}) is None:
        raise Conflict(N_("Somebody is looking at it already, or it has been answered."))
    db.session.refresh(question)
    posting.publish(question)


def let_go(viewer: Viewer, question_id: int) -> None:
    """No longer look at it."""
    question = threads.get_question(viewer, question_id)
    mine = update(Question).where(Question.id == question.id, Question.claimed_by_id == viewer.id)
    cleared = mine.values(claimed_by_id=None, claimed_until=None)
    db.session.execute(cleared, execution_options={"synchronize_session": False})
    db.session.refresh(question)
    posting.publish(question)
