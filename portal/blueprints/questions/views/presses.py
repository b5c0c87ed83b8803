"""What one says by one press: thanks, this solved it, me too, I am looking at it. Each works without scripts."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.forms.posts import AnswerForm
from portal.blueprints.questions.service import claims, marks, moderation, solving
from portal.blueprints.questions.views.blueprint import bp
from portal.blueprints.questions.views.thread import address, show
from portal.core.i18n import N_
from portal.web.auth import may, signed_in, viewer
from portal.web.fragments import flash, go, wants_fragment
from portal.web.transactions import commits


def shown(question_id: int, anchor: str = "") -> ResponseReturnValue:
    """Show the thread again, or lead back to the place in it."""
    if wants_fragment():
        return show(question_id, AnswerForm(formdata=None))
    number = anchor.removeprefix("svar-")
    return go(address(question_id, int(number) if number.isdigit() else None, anchor=anchor))


def is_on() -> bool:
    """Tell whether the press sets something, or takes it back."""
    return request.form.get("on") != "0"


@bp.post("/sporsmal/<int:question_id>/svar/<int:answer_id>/loysing")
@signed_in
@commits
def solution(question_id: int, answer_id: int) -> ResponseReturnValue:
    """Say that an answer solved it."""
    solving.accept(viewer(), question_id, answer_id)
    return shown(question_id, f"svar-{answer_id}")


@bp.post("/sporsmal/<int:question_id>/gjenopning")
@signed_in
@commits
def reopening(question_id: int) -> ResponseReturnValue:
    """Say that it is not solved after all."""
    solving.reopen(viewer(), question_id)
    return shown(question_id)


@bp.post("/sporsmal/<int:question_id>/svar/<int:answer_id>/takk")
@signed_in
@commits
def thanks(question_id: int, answer_id: int) -> ResponseReturnValue:
    """Thank, or take the thanks back."""
    if is_on():
        marks.thank(viewer(), question_id, answer_id)
    else:
        marks.take_thanks_back(viewer(), question_id, answer_id)
    return shown(question_id, f"svar-{answer_id}")


@bp.post("/sporsmal/<int:question_id>/undring")
@signed_in
@commits
def wondering(question_id: int) -> ResponseReturnValue:
    """Wonder about the same, or no longer."""
    marks.wonder_too(viewer(), question_id, too=is_on())
    return shown(question_id)


@bp.post("/sporsmal/<int:question_id>/folgjing")
@signed_in
@commits
def following(question_id: int) -> ResponseReturnValue:
    """Follow, or no longer."""
    marks.choose_following(viewer(), question_id, wanted=is_on())
    if request.form.get("from") == "followed":
        return go(url_for("questions.followed"))
    return shown(question_id)


@bp.post("/sporsmal/<int:question_id>/blikk")
@signed_in
@commits
def looking(question_id: int) -> ResponseReturnValue:
    """Look at it, or let it go."""
    if is_on():
        claims.claim(viewer(), question_id)
    else:
        claims.let_go(viewer(), question_id)
    return shown(question_id)


@bp.post("/sporsmal/<int:question_id>/goyming")
@may("questions.moderate")
@commits
def hiding(question_id: int) -> ResponseReturnValue:
    """Take a question out of sight, or bring it back."""
    moderation.hide(viewer(), question_id, hidden=is_on())
    flash(N_("The question is out of sight.") if is_on() else N_("The question is back."))
    return shown(question_id)
