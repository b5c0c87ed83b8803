"""«Is it still true?»: asked of those who have just used an answer, never in the way."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.models.posts import Answer
from portal.blueprints.questions.queries import checks, threads
from portal.blueprints.questions.queries import review as reading
from portal.blueprints.questions.queries.review import Review
from portal.blueprints.questions.queries.threads import Thread
from portal.blueprints.questions.rules.review import Check
from portal.blueprints.questions.service import reviewing
from portal.blueprints.questions.views.blueprint import bp
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go, piece_of, wants_fragment
from portal.web.transactions import commits

SEARCHED = {"/sok": ("q",), "/sporsmal": ("q", "sok"), "/sporsmal/nytt": (), "/sporsmal/liknande": ()}


@bp.app_template_global()
def review_of(thread: Thread) -> Review | None:
    """Find what a reader who came by a search is asked about."""
    return reading.find_review(viewer(), thread) if _came_by_search() else None


@bp.app_template_global()
def check_of(thread: Thread, answer: Answer) -> Check | None:
    """Find the check that an answer waits for."""
    return checks.check_of(thread, answer)


def _came_by_search() -> bool:
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host or came_from.path not in SEARCHED:
        return False
    asked = parse_qs(came_from.query)
    words = SEARCHED[came_from.path]
    return not words or any(asked.get(word) for word in words)


@bp.get("/sporsmal/<int:question_id>/stemmer-det")
@signed_in
@piece_of("questions.thread")
def review(question_id: int) -> ResponseReturnValue:
    """Ask somebody who has just copied from an answer whether it still holds."""
    thread = threads.thread(viewer(), question_id)
    found = reading.find_review(viewer(), thread)
    return render_template("questions/_review.html", question=thread.question, review=found, is_waiting=False)


@bp.post("/sporsmal/<int:question_id>/svar/<int:answer_id>/stemmer-det")
@signed_in
@commits
def review_answer(question_id: int, answer_id: int) -> ResponseReturnValue:
    """Hear that it still holds, or that the reader does not know."""
    if request.form.get("on") == "0":
        reviewing.pause(viewer(), question_id)
        thanks = N_("All right. You are not asked about this one for a while.")
    else:
        reviewing.confirm(viewer(), question_id, answer_id)
        thanks = N_("Thank you. The next one who finds it knows that it still works.")
    flash(thanks)
    if wants_fragment():
        question = threads.get_question(viewer(), question_id)
        return render_template("questions/_review.html", question=question, review=None, is_waiting=False)
    return go(url_for("questions.thread", question_id=question_id))
