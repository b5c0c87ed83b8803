"""Taking words out of a post, and out of all that it was."""

from __future__ import annotations

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.forms.order import ALL, PIECE, RedactForm
from portal.blueprints.questions.models.posts import Post
from portal.blueprints.questions.service import redacting
from portal.blueprints.questions.views.blueprint import bp
from portal.blueprints.questions.views.flags import post_of
from portal.blueprints.questions.views.thread import address
from portal.core.errors import Invalid, NotAllowed
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.i18n import _
from portal.web.transactions import commits


@bp.app_template_global()
def may_redact(post: Post) -> bool:
    """Tell whether the viewer may take words out of a post."""
    return redacting.may_redact(viewer(), post)


@bp.route("/sporsmal/<int:question_id>/sladding", methods=["GET", "POST"])
@bp.route("/sporsmal/<int:question_id>/svar/<int:answer_id>/sladding", methods=["GET", "POST"])
@bp.route("/sporsmal/<int:question_id>/kommentar/<int:comment_id>/sladding", methods=["GET", "POST"])
@signed_in
@commits
def redact(question_id: int, answer_id: int | None = None, comment_id: int | None = None) -> ResponseReturnValue:
    """Take a piece of text, or all of it, out of a post and its history."""
    post = post_of(question_id, answer_id, comment_id)
    if not redacting.may_redact(viewer(), post):
        raise NotAllowed(N_("Only the one who wrote this can change it."))
    form = RedactForm(part=PIECE)
    form.part.choices = [(PIECE, _("Some words")), (ALL, _("All of it"))]
    if form.validate_on_submit():
        try:
            _redact(post, form)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("It is removed, here and in every earlier wording."))
            return go(address(question_id, answer_id))
    is_moderator = viewer().may("questions.moderate")
    page = render_template(
        "questions/redact.html", form=form, post=post, question_id=question_id, is_moderator=is_moderator
    )
    return make_response(page, 422 if form.is_submitted() else 200)


def _redact(post: Post, form: RedactForm) -> None:
    if form.part.data == PIECE and not form.words and not form.with_pictures.data:
        raise Invalid(N_("Write the words that are to be removed."), field="piece")
    redacting.redact(
        viewer(),
        post,
        piece=form.words,
        is_all=form.part.data == ALL,
        whole_thread=form.whole_thread.data,
        with_pictures=form.with_pictures.data,
    )
