"""Looking at a question together, and handing it over."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.people import queries as people
from portal.blueprints.questions.forms.lifecycle import HandOverForm
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import looking as reading
from portal.blueprints.questions.queries import threads
from portal.blueprints.questions.queries.looking import Looks
from portal.blueprints.questions.service import claims
from portal.blueprints.questions.views.blueprint import bp
from portal.blueprints.questions.views.presses import is_on, shown
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits


@bp.app_template_global()
def looks_at(question: Question) -> Looks:
    """Tell who looks at a question now."""
    return reading.looks(viewer(), question)


@bp.post("/sporsmal/<int:question_id>/blikk/med")
@signed_in
@commits
def looking_too(question_id: int) -> ResponseReturnValue:
    """Look too, or no longer."""
    if is_on():
        claims.join(viewer(), question_id)
    else:
        claims.let_go(viewer(), question_id)
    return shown(question_id)


@bp.route("/sporsmal/<int:question_id>/blikk/overlevering", methods=["GET", "POST"])
@signed_in
@commits
def handover(question_id: int) -> ResponseReturnValue:
    """Ask a colleague to take over."""
    question = threads.get_question(viewer(), question_id)
    form = HandOverForm()
    form.person.choices = [(each.id, each.name) for each in people.colleagues() if each.id != viewer().id]
    if form.validate_on_submit():
        try:
            claims.hand_over(viewer(), question_id, form.person.data)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Asked. It is yours until they say yes."))
            return go(url_for("questions.thread", question_id=question_id))
    page = render_template("questions/handover.html", form=form, question=question)
    return page, 422 if form.is_submitted() else 200


@bp.post("/sporsmal/<int:question_id>/blikk/svar")
@signed_in
@commits
def handover_answer(question_id: int) -> ResponseReturnValue:
    """Take over, or say no."""
    claims.answer_handover(viewer(), question_id, takes=request.form.get("on") != "0")
    return shown(question_id)
