"""Saying that one needs to know more, or that the solution did not help: one line that becomes a comment."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.forms.lifecycle import DoubtForm, MoreForm
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import threads
from portal.blueprints.questions.rules import lifecycle as rules
from portal.blueprints.questions.rules.states import State
from portal.blueprints.questions.service import needs, solving
from portal.blueprints.questions.views.blueprint import bp
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.forms import form_key
from portal.web.fragments import flash, go
from portal.web.transactions import commits


@bp.app_template_global()
def may_accept(question: Question) -> bool:
    """Tell whether the reader may say what solved it."""
    return rules.may_accept(solving.part(viewer(), question), State(question.state), solving.silence(question))


@bp.app_template_global()
def may_reopen(question: Question) -> bool:
    """Tell whether the reader may open it again."""
    return rules.may_reopen(
        solving.part(viewer(), question), State(question.state), is_by_peer=question.accepted_by_peer
    )


@bp.app_template_global()
def may_want_more(question: Question) -> bool:
    """Tell whether the reader may say that they need to know more."""
    is_closed = question.is_locked or question.is_duplicate
    return rules.may_want_more(solving.part(viewer(), question), State(question.state), is_closed=is_closed)


@bp.route("/sporsmal/<int:question_id>/meir-info", methods=["GET", "POST"])
@signed_in
@commits
def more_wanted(question_id: int) -> ResponseReturnValue:
    """Ask the asker for more."""
    question = threads.get_question(viewer(), question_id)
    form = MoreForm(key=form_key())
    if form.validate_on_submit():
        try:
            needs.want_more(
                viewer(), question_id, line=form.text("body"), key=form.key.data or None, accepts=form.accepts
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Asked. Whoever wonders is told, and so are you when they write."))
            return go(url_for("questions.thread", question_id=question_id))
    page = render_template("questions/tell_more.html", form=form, question=question)
    return page, 422 if form.is_submitted() else 200


@bp.route("/sporsmal/<int:question_id>/svar/<int:answer_id>/hjelpte-ikkje", methods=["GET", "POST"])
@signed_in
@commits
def doubt(question_id: int, answer_id: int) -> ResponseReturnValue:
    """Say that an answer did not help."""
    answer = threads.get_answer(viewer(), question_id, answer_id)
    form = DoubtForm(key=form_key())
    if form.validate_on_submit():
        try:
            needs.doubt(
                viewer(),
                question_id,
                answer_id,
                line=form.text("body"),
                key=form.key.data or None,
                accepts=form.accepts,
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Thank you. The one who asked is told and decides whether to open it again."))
            return go(url_for("questions.thread", question_id=question_id, _anchor=f"svar-{answer_id}"))
    page = render_template("questions/doubt.html", form=form, answer=answer)
    return page, 422 if form.is_submitted() else 200
