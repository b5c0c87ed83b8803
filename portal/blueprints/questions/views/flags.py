"""Asking those who keep order to look at a post."""

from __future__ import annotations

from flask import make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.forms.order import REASONS, FlagForm
from portal.blueprints.questions.models.posts import Post, Question
from portal.blueprints.questions.queries import flags, sight, threads
from portal.blueprints.questions.rules.order import Reason
from portal.blueprints.questions.service import flagging
from portal.blueprints.questions.views.blueprint import bp
from portal.blueprints.questions.views.thread import address
from portal.core.errors import Conflict
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.i18n import _
from portal.web.transactions import commits


def post_of(question_id: int, answer_id: int | None, comment_id: int | None) -> Post:
    """Give the post that an address names; ids that do not belong together are not found."""
    if answer_id is not None:
        return threads.get_answer(viewer(), question_id, answer_id)
    if comment_id is not None:
        return threads.get_comment(viewer(), question_id, comment_id)
    return threads.get_question(viewer(), question_id)


@bp.route("/sporsmal/<int:question_id>/melding", methods=["GET", "POST"])
@bp.route("/sporsmal/<int:question_id>/svar/<int:answer_id>/melding", methods=["GET", "POST"])
@bp.route("/sporsmal/<int:question_id>/kommentar/<int:comment_id>/melding", methods=["GET", "POST"])
@signed_in
@commits
def flag(question_id: int, answer_id: int | None = None, comment_id: int | None = None) -> ResponseReturnValue:
    """Flag a post: what it is about, and a line."""
    post = post_of(question_id, answer_id, comment_id)
    if isinstance(post, Question):
        reasons = [reason for reason in Reason if reason is not Reason.DUPLICATE]
    else:
        reasons = list(Reason)
    form = FlagForm()
    form.reason.choices = [(reason.value, _(REASONS[reason])) for reason in reasons]
    if form.validate_on_submit():
        try:
            made = flagging.flag(viewer(), post, reason=Reason(form.reason.data), note=form.line)
        except Conflict as error:
            form.refuse(error)
        else:
            return _thanked(post, question_id, is_hidden=made.has_hidden)
    page = render_template(
        "questions/flag.html",
        form=form,
        post=post,
        question=threads.get_question(viewer(), question_id),
        own=flags.find_own(viewer(), post),
    )
    return make_response(page, 422 if form.is_submitted() else 200)


def _thanked(post: Post, question_id: int, *, is_hidden: bool) -> ResponseReturnValue:
    if is_hidden:
        flash(N_("Thank you. It is out of sight now, until somebody who keeps order has looked."))
    else:
        flash(N_("Thank you. Somebody who keeps order looks at it, and you hear from us."))
    if isinstance(post, Question) and not sight.may_see(viewer(), post):
        return go(url_for("questions.index"))
    return go(address(question_id))
