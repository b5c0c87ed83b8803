"""A question and its answers."""

from __future__ import annotations

from flask import Response, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.forms.posts import AnswerEditForm, AnswerForm
from portal.blueprints.questions.models.posts import Post, Question
from portal.blueprints.questions.queries import authors, threads
from portal.blueprints.questions.rules import posts as rules
from portal.blueprints.questions.service import answering
from portal.blueprints.questions.views.blueprint import bp
from portal.blueprints.questions.views.hands import hand_name
from portal.blueprints.questions.views.pictures import with_picture
from portal.blueprints.search import queries as search
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.forms import form_key
from portal.web.fragments import go, page_or_fragment
from portal.web.transactions import commits


@bp.get("/sporsmal/<int:question_id>")
@signed_in
def thread(question_id: int) -> ResponseReturnValue:
    """Show a question with its answers; the fragment is what changes while one reads."""
    return show(question_id, AnswerForm(formdata=None, key=form_key()))


def show(question_id: int, form: AnswerForm, *, status: int = 200) -> Response:
    """Show a thread with an answer form as it was written."""
    read = threads.thread(viewer(), question_id)
    return page_or_fragment(
        "questions/thread.html",
        "questions/_thread.html",
        status=status,
        thread=read,
        question=read.question,
        form=form,
        is_mine=lambda post: authors.is_author(viewer(), post),
        name_of=lambda post: hand_name(post, read.aliases),
        similar=lambda: search.similar(
            viewer(), read.question.title, kinds=("question", "article"), limit=6, exclude=("question", question_id)
        ),
        may_edit=lambda post: _may_edit(post, read.question),
    )


def _may_edit(post: Post, question: Question) -> bool:
    return rules.may_edit(
        is_author=authors.is_author(viewer(), post),
        is_moderator=viewer().may("questions.moderate"),
        is_locked=question.is_locked,
    )


@bp.post("/sporsmal/<int:question_id>/svar")
@signed_in
@commits
def answer(question_id: int) -> ResponseReturnValue:
    """Answer."""
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            added = answering.answer(
                viewer(),
                question_id,
                body=with_picture(form.text("body")),
                key=form.key.data or None,
                accepts=form.accepts,
            )
        except Invalid as error:
            form.refuse(error)
        else:
            return go(url_for("questions.thread", question_id=question_id, _anchor=f"svar-{added.id}"))
    return show(question_id, form, status=422)


@bp.route("/sporsmal/<int:question_id>/svar/<int:answer_id>/endring", methods=["GET", "POST"])
@signed_in
@commits
def edit_answer(question_id: int, answer_id: int) -> ResponseReturnValue:
    """Mend an answer."""
    written = threads.get_answer(viewer(), question_id, answer_id)
    if not _may_edit(written, written.question):
        raise NotAllowed(N_("Only the one who wrote this can change it."))
    form = AnswerEditForm(obj=written)
    if form.validate_on_submit():
        try:
            answering.edit_answer(
                viewer(),
                question_id,
                answer_id,
                body=with_picture(form.text("body")),
                version=form.version.data or 0,
                accepts=form.accepts,
            )
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            return go(url_for("questions.thread", question_id=question_id, _anchor=f"svar-{answer_id}"))
    page = render_template("questions/edit_answer.html", form=form, answer=written)
    return make_response(page, 422 if form.is_submitted() else 200)
