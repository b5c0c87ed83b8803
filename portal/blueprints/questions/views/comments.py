"""Comments: written under a post, mended and taken away on a page of their own."""

from __future__ import annotations

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.forms.posts import AnswerForm, CommentEditForm, CommentForm
from portal.blueprints.questions.models.posts import Comment
from portal.blueprints.questions.queries import authors, threads
from portal.blueprints.questions.service import commenting
from portal.blueprints.questions.views.blueprint import bp
from portal.blueprints.questions.views.conflicts import Theirs, find_theirs
from portal.blueprints.questions.views.drafts import forget_draft
from portal.blueprints.questions.views.thread import address, may_edit, show
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.forms import Form, form_key
from portal.web.fragments import flash, go
from portal.web.transactions import commits


@bp.post("/sporsmal/<int:question_id>/kommentar")
@bp.post("/sporsmal/<int:question_id>/svar/<int:answer_id>/kommentar")
@signed_in
@commits
def comment(question_id: int, answer_id: int | None = None) -> ResponseReturnValue:
    """Comment on a question, or on one of its answers."""
    form = CommentForm()
    if form.validate_on_submit():
        try:
            added = commenting.comment(
                viewer(),
                question_id,
                answer_id=answer_id,
                body=form.text("body"),
                key=form.key.data or None,
                accepts=form.accepts,
                is_anonymous=form.is_anonymous.data,
            )
        except Invalid as error:
            form.refuse(error)
        else:
            forget_draft()
            return go(_address(added))
    return show(
        question_id, AnswerForm(formdata=None, key=form_key()), status=422, remark=form, remark_on=answer_id or 0
    )


@bp.route("/sporsmal/<int:question_id>/kommentar/<int:comment_id>/endring", methods=["GET", "POST"])
@signed_in
@commits
def edit_comment(question_id: int, comment_id: int) -> ResponseReturnValue:
    """Mend a comment."""
    written = threads.get_comment(viewer(), question_id, comment_id)
    if not may_edit(written, written.question):
        raise NotAllowed(N_("Only the one who wrote this can change it."))
    form = CommentEditForm(obj=written)
    theirs: Theirs | None = None
    if form.validate_on_submit():
        try:
            commenting.edit_comment(
                viewer(),
                question_id,
                comment_id,
                body=form.text("body"),
                version=form.version.data or 0,
                accepts=form.accepts,
            )
        except (Invalid, Conflict) as error:
            form.refuse(error)
            theirs = find_theirs(error, form, written)
        else:
            return go(_address(written))
    page = render_template(
        "questions/edit_comment.html",
        form=form,
        comment=written,
        theirs=theirs,
        removal=Form(formdata=None) if authors.is_author(viewer(), written) else None,
    )
    return make_response(page, 422 if form.is_submitted() else 200)


@bp.post("/sporsmal/<int:question_id>/kommentar/<int:comment_id>/fjerning")
@signed_in
@commits
def remove_comment(question_id: int, comment_id: int) -> ResponseReturnValue:
    """Take one's own comment away."""
    on = threads.get_comment(viewer(), question_id, comment_id).answer_id
    commenting.remove_comment(viewer(), question_id, comment_id)
    flash(N_("The comment is gone."))
    return go(address(question_id, on))


def _address(comment: Comment) -> str:
    """Give where a comment stands. The comments of its post are unfolded, or it might not be among those shown."""
    plain = address(comment.question_id, comment.answer_id, anchor=f"kommentar-{comment.id}")
    path, _, anchor = plain.partition("#")
    return f"{path}{'&' if '?' in path else '?'}kommentarar={comment.answer_id or 0}#{anchor}"
