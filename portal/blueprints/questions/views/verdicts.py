"""Marks from everyday use: it worked for me, out of date, dangerous. One press, and a small page for the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.forms.lifecycle import ReasonForm
from portal.blueprints.questions.queries import threads
from portal.blueprints.questions.queries import verdicts as reading
from portal.blueprints.questions.queries.threads import Thread
from portal.blueprints.questions.queries.verdicts import Standing
from portal.blueprints.questions.rules.marks import Kind
from portal.blueprints.questions.service import verdicts
from portal.blueprints.questions.views.blueprint import bp
from portal.blueprints.questions.views.presses import is_on, shown
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web import templating
from portal.web.auth import may, signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits

Word = Literal["utdatert", "farleg"]
KINDS: Mapping[str, Kind] = {"utdatert": Kind.OUTDATED, "farleg": Kind.DANGEROUS}
MARK = "/sporsmal/<int:question_id>/svar/<int:answer_id>/<any(utdatert, farleg):word>"


@bp.app_template_global()
def warnings_of(thread: Thread) -> Mapping[int, Standing]:
    """Give the warnings of the answers that are shown, by the ids of the answers."""
    return reading.standings(viewer(), thread)


@bp.app_template_global()
def warned_questions(ids: Iterable[int]) -> Mapping[int, Kind]:
    """Give the gravest warning of each of the questions in a list."""
    return reading.worst_of(viewer(), list(ids))


def _find_warned(kind: str, refs: Iterable[int]) -> Mapping[int, Kind]:
    return warned_questions(refs) if kind == "question" else {}


templating.provide("find_warned", lambda: _find_warned)


@bp.post("/sporsmal/<int:question_id>/svar/<int:answer_id>/verka")
@signed_in
@commits
def worked(question_id: int, answer_id: int) -> ResponseReturnValue:
    """Say that it worked, or take it back."""
    if is_on():
        verdicts.say(viewer(), question_id, answer_id, kind=Kind.WORKS)
    else:
        verdicts.take_back(viewer(), question_id, answer_id, kind=Kind.WORKS)
    return shown(question_id, f"svar-{answer_id}")


@bp.route(MARK, methods=["GET", "POST"])
@signed_in
@commits
def warning(question_id: int, answer_id: int, word: Word) -> ResponseReturnValue:
    """Warn of an answer, with the reason that the others must hear."""
    answer, kind = threads.get_answer(viewer(), question_id, answer_id), KINDS[word]
    own = reading.find_own(viewer(), answer, kind)
    form = ReasonForm(reason=own.reason if own else "")
    if form.validate_on_submit():
        try:
            verdicts.say(viewer(), question_id, answer_id, kind=kind, reason=form.text("reason"), accepts=form.accepts)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Thank you. The others see it now, and the one who answered is told."))
            return go(url_for("questions.thread", question_id=question_id, _anchor=f"svar-{answer_id}"))
    page = render_template("questions/warning.html", form=form, answer=answer, kind=kind, word=word)
    return page, 422 if form.is_submitted() else 200


@bp.post(MARK + "/tilbake")
@signed_in
@commits
def warning_back(question_id: int, answer_id: int, word: Word) -> ResponseReturnValue:
    """Take one's warning back."""
    verdicts.take_back(viewer(), question_id, answer_id, kind=KINDS[word])
    return shown(question_id, f"svar-{answer_id}")


@bp.post(MARK + "/gjeld-enno")
@signed_in
@commits
def warning_upheld(question_id: int, answer_id: int, word: Word) -> ResponseReturnValue:
    """Say that the warning still holds, now that the answer was changed."""
    verdicts.uphold(viewer(), question_id, answer_id, kind=KINDS[word])
    return shown(question_id, f"svar-{answer_id}")


@bp.post("/sporsmal/<int:question_id>/svar/<int:answer_id>/oppgjort")
@may("questions.moderate")
@commits
def warnings_settled(question_id: int, answer_id: int) -> ResponseReturnValue:
    """Say, as one who keeps order, that the warnings no longer hold."""
    verdicts.settle(viewer(), question_id, answer_id)
    flash(N_("The warnings are settled. Anybody can give them again."))
    return shown(question_id, f"svar-{answer_id}")
