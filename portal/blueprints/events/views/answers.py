"""Answering from a mail. Opening the link changes nothing: programs open links before people do."""

from __future__ import annotations

from datetime import timedelta

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.events.service import answers
from portal.blueprints.events.service.answers import Answer
from portal.blueprints.events.views.blueprint import bp
from portal.core import throttle
from portal.core.errors import Conflict, NotFound
from portal.web import i18n
from portal.web.auth import public
from portal.web.fragments import flash, go
from portal.web.transactions import commits

HOUR = timedelta(hours=1)
MISSES_PER_HOUR = 60
GONE = 410


@bp.get("/svar/<token>")
@public
def answer(token: str) -> ResponseReturnValue:
    """Show what is to be answered, with one button."""
    return _page(_read(token), token)


@bp.post("/svar/<token>")
@public
@commits
def give_answer(token: str) -> ResponseReturnValue:
    """Give the answer, as the person whom the mail was for; the page then tells how it stands."""
    answer = _read(token)
    i18n.speak(answer.person.locale)
    try:
        answers.give(answer)
    except Conflict as error:
        flash(error.message)
    return go(url_for("events.answer", token=token))


def _read(token: str) -> Answer:
    try:
        return answers.read(token)
    except NotFound:
        throttle.hit_here("events.answer_miss", request.remote_addr or "", limit=MISSES_PER_HOUR, per=HOUR)
        raise


def _page(answer: Answer, token: str) -> ResponseReturnValue:
    i18n.speak(answer.person.locale)
    status = 200 if answer.outlook else GONE
    page = make_response(
        render_template("events/answer.html", answer=answer, outlook=answer.outlook, token=token), status
    )
    # The address itself is the key: it goes to nobody in a Referer. (None at all would fail our own CSRF check.)
    page.headers["Referrer-Policy"] = "strict-origin"
    page.headers["Cache-Control"] = "no-store"
    return page
