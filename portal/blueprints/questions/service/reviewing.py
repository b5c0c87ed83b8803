"""Answering whether an old answer still holds."""

from __future__ import annotations

from sqlalchemy import delete, select

from portal.blueprints.questions.models.claims import ReviewPause
from portal.blueprints.questions.queries import threads
from portal.blueprints.questions.rules import review as rules
from portal.blueprints.questions.rules.marks import Kind
from portal.blueprints.questions.service import marks, verdicts
from portal.core import clock, privacy
from portal.core.db import db
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def confirm(viewer: Viewer, question_id: int, answer_id: int) -> None:
    """Say that it still holds: it worked for me, today."""
    verdicts.say(viewer, question_id, answer_id, kind=Kind.WORKS)


def pause(viewer: Viewer, question_id: int) -> None:
    """Say that one does not know: one is not asked again for this thread for a good while."""
    question = threads.get_question(viewer, question_id)
    until = clock.now() + rules.PAUSE
    if not marks.add_mark(ReviewPause(question_id=question.id, person_id=viewer.id, until=until)):
        db.session.get_one(ReviewPause, (question.id, viewer.id), populate_existing=True).until = until


def expire() -> None:
    """Forget the pauses that are over."""
    db.session.execute(delete(ReviewPause).where(ReviewPause.until < clock.now()))


def _export(person_id: int) -> list[dict[str, object]]:
    pauses = select(ReviewPause).where(ReviewPause.person_id == person_id)
    return [{"question": each.question_id, "until": each.until.isoformat()} for each in db.session.scalars(pauses)]


def _erase(person_id: int) -> None:
    db.session.execute(delete(ReviewPause).where(ReviewPause.person_id == person_id))


privacy.register(
    "questions",
    what=N_("Old answers that you were asked about"),
    seen_by=N_("Nobody but you."),
    kept=N_("Three months."),
    tables=("review_pause",),
    export=_export,
    erase=_erase,
)
