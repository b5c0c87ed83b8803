"""Asking, and changing what one asked."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.forms.posts import QuestionEditForm, QuestionForm
from portal.blueprints.questions.queries import authors, tags, threads
from portal.blueprints.questions.rules import posts as rules
from portal.blueprints.questions.service import asking
from portal.blueprints.questions.views.blueprint import bp
from portal.blueprints.questions.views.pictures import with_picture
from portal.blueprints.search import queries as search
from portal.core import markdown
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import N_
from portal.core.patient_data import PatientData, check
from portal.web.auth import signed_in, viewer
from portal.web.forms import form_key
from portal.web.fragments import flash, go, piece_of
from portal.web.i18n import _, locale
from portal.web.transactions import commits


def _with_choices(form: QuestionForm) -> QuestionForm:
    form.tags.choices = [(tag.slug, tag.name(locale())) for tag in tags.tags()]
    return form


@bp.route("/sporsmal/nytt", methods=["GET", "POST"])
@signed_in
@commits
def ask() -> ResponseReturnValue:
    """Ask: one field is enough, and Enter sends it."""
    form = _with_choices(QuestionForm(title=request.args.get("title", "")[:150], key=form_key()))
    if form.validate_on_submit():
        try:
            question = asking.ask(
                viewer(),
                title=form.text("title"),
                body=with_picture(form.text("body")),
                tags=form.tags.data or (),
                key=form.key.data or None,
                accepts=form.accepts,
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Your question is out. Your colleagues see it now."))
            return go(url_for("questions.thread", question_id=question.id))
    return render_template("questions/ask.html", form=form), 422 if form.is_submitted() else 200


@bp.route("/sporsmal/<int:question_id>/endring", methods=["GET", "POST"])
@signed_in
@commits
def edit(question_id: int) -> ResponseReturnValue:
    """Add details to a question, or mend it."""
    question = threads.get_question(viewer(), question_id)
    if not rules.may_edit(
        is_author=authors.is_author(viewer(), question),
        is_moderator=viewer().may("questions.moderate"),
        is_locked=question.is_locked,
    ):
        raise NotAllowed(N_("Only the one who wrote this can change it."))
    form = _with_choices(QuestionEditForm(obj=question, tags=[tag.slug for tag in question.tags]))
    if form.validate_on_submit():
        try:
            asking.edit_question(
                viewer(),
                question_id,
                title=form.text("title"),
                body=with_picture(form.text("body")),
                tags=form.tags.data or (),
                version=form.version.data or 0,
                accepts=form.accepts,
            )
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            return go(url_for("questions.thread", question_id=question_id))
    return render_template("questions/edit.html", form=form, question=question), 422 if form.is_submitted() else 200


@bp.get("/sporsmal/liknande")
@signed_in
@piece_of("questions.ask")
def similar() -> ResponseReturnValue:
    """Show what has been asked before and what is written about it, while somebody types."""
    text = request.args.get("title", "")[:150]
    try:
        check(text)
    except PatientData as error:
        return render_template("questions/_similar.html", hits=[], warning=_(error.message))
    hits = search.similar(viewer(), text, kinds=("question", "article"), limit=6) if len(text) >= 3 else []
    return render_template("questions/_similar.html", hits=hits, warning="")


@bp.post("/sporsmal/forhandsvising")
@signed_in
@piece_of("questions.ask")
@commits
def preview() -> ResponseReturnValue:
    """Show how a text will look; nothing is kept."""
    return render_template("questions/_preview.html", text=markdown.to_html(request.form.get("body", "")[:8000]))
