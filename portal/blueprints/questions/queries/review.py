"""Reading whether a reader who has just used an answer is asked if it still holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from portal.blueprints.questions.models.claims import ReviewPause
from portal.blueprints.questions.models.posts import Answer
from portal.blueprints.questions.queries import authors, checks
from portal.blueprints.questions.queries.threads import Thread
from portal.blueprints.questions.rules import review as rules
from portal.blueprints.questions.rules.marks import Kind
from portal.blueprints.questions.rules.review import Check
from portal.blueprints.questions.rules.states import Shown
from portal.core import clock
from portal.core.db import db
from portal.core.settings import current_settings
from portal.core.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Review:
    """An answer that somebody could say something of, and the change that makes one ask, if it is not age alone."""

    answer: Answer
    check: Check | None


def find_review(viewer: Viewer, thread: Thread) -> Review | None:
    """Find what a reader of a thread is asked about. Nothing is read where nothing is old."""
    answer = _answer(thread)
    if answer is None:
        return None
    known, check = checks.tried(thread, answer), checks.check_of(thread, answer)
    patience = timedelta(days=current_settings().review_after_days)
    is_due = check is not None or rules.is_old(known.confirmed, now=clock.now(), after=patience)
    is_asked = is_due and rules.is_asked(
        is_due=is_due,
        is_author=authors.is_author(viewer, answer),
        is_paused=_is_paused(viewer, thread.question.id),
        has_spoken=any(thread.mark(kind, answer.id).is_mine for kind in (Kind.OUTDATED, Kind.DANGEROUS)),
    )
    return Review(answer=answer, check=check) if is_asked else None


def _answer(thread: Thread) -> Answer | None:
    if thread.question.shown not in {Shown.ANSWERED, Shown.SOLVED}:
        return None
    if thread.solution is not None:
        return thread.solution
    # Of answers that nobody chose between, the one that worked for most; the first of several.
    return max(thread.answers, key=lambda each: thread.mark(Kind.WORKS, each.id).count, default=None)


def _is_paused(viewer: Viewer, question_id: int) -> bool:
    pause = db.session.get(ReviewPause, (question_id, viewer.id))
    return pause is not None and clock.now() < pause.until
