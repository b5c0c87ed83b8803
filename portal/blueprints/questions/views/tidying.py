"""Keeping order in one thread: a page with a box before each post, and what may become of the chosen ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.forms.order import TidyForm
from portal.blueprints.questions.queries import authors, order
from portal.blueprints.questions.rules import order as rules
from portal.blueprints.questions.service import moderation, recasting
from portal.blueprints.questions.views.blueprint import bp
from portal.blueprints.questions.views.hands import hand_name
from portal.blueprints.questions.views.presses import is_on
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import N_
from portal.web.auth import may, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits

ORDER = "questions.moderate"


@bp.get("/sporsmal/<int:question_id>/rydding")
@may(ORDER)
def tidy(question_id: int) -> ResponseReturnValue:
    """Show a thread with all that is in it, to those who keep order."""
    return _page(question_id, TidyForm(formdata=None))


@bp.post("/sporsmal/<int:question_id>/rydding/goyming")
@may(ORDER)
@commits
def tidy_hide(question_id: int) -> ResponseReturnValue:
    """Take the chosen posts out of sight, or bring them back."""
    hidden = is_on()
    words = N_("What you chose is out of sight.") if hidden else N_("What you chose is back.")
    return _done(question_id, words, lambda _: moderation.hide_posts(viewer(), question_id, _chosen(), hidden=hidden))


@bp.post("/sporsmal/<int:question_id>/rydding/flytting")
@may(ORDER)
@commits
def tidy_move(question_id: int) -> ResponseReturnValue:
    """Take the chosen posts to another question."""
    return _done(
        question_id, N_("What you chose stands in the other thread now."), lambda form: _move(question_id, form)
    )


@bp.post("/sporsmal/<int:question_id>/rydding/deling")
@may(ORDER)
@commits
def tidy_split(question_id: int) -> ResponseReturnValue:
    """Make a question of its own of the chosen posts."""
    return _done(
        question_id,
        N_("What you chose is a question of its own now. Each links to the other."),
        lambda form: moderation.split(viewer(), question_id, _chosen(), title=form.text("title"), accepts=form.accepts),
    )


@bp.post("/sporsmal/<int:question_id>/rydding/omgjering")
@may(ORDER)
@commits
def tidy_recast(question_id: int) -> ResponseReturnValue:
    """Make comments of the chosen answers, and answers of the chosen comments."""
    return _done(question_id, N_("Done. It can be made what it was again."), lambda form: _recast(question_id, form))


@bp.post("/sporsmal/<int:question_id>/rydding/<int:transfer_id>/angring")
@may(ORDER)
@commits
def tidy_undo(question_id: int, transfer_id: int) -> ResponseReturnValue:
    """Take back a move or a split."""
    moderation.undo(viewer(), question_id, transfer_id)
    flash(N_("Everything is back where it was."))
    return go(url_for("questions.tidy", question_id=question_id))


@bp.post("/sporsmal/<int:question_id>/lasing")
@may(ORDER)
@commits
def closing(question_id: int) -> ResponseReturnValue:
    """Let nothing more be written in a thread, or open it again."""
    moderation.close(viewer(), question_id, closed=is_on())
    flash(N_("The thread is closed.") if is_on() else N_("The thread is open again."))
    return go(url_for("questions.tidy", question_id=question_id))


def _done(question_id: int, words: str, act: Callable[[TidyForm], object]) -> ResponseReturnValue:
    form = TidyForm()
    if not form.validate_on_submit():
        return _page(question_id, form)
    try:
        act(form)
    except (Invalid, Conflict) as error:
        form.refuse(error)
        return _page(question_id, form)
    flash(words)
    return go(url_for("questions.tidy", question_id=question_id))


def _move(question_id: int, form: TidyForm) -> None:
    order.chosen(viewer(), question_id, _chosen())  # what stands in another thread is not found
    target = rules.question_number(form.text("target"))
    if target is None:
        raise Invalid(N_("Write the number of the other question, or a link to it."), field="target")
    try:
        moderation.move(viewer(), question_id, _chosen(), target_id=target)
    except NotFound as error:
        raise Invalid(error.message, field="target") from error


def _recast(question_id: int, form: TidyForm) -> None:
    answers, comments = (rules.read_references(_chosen(), kind) for kind in ("answer", "comment"))
    if not answers and not comments:
        raise Invalid(moderation.NOTHING_CHOSEN, field="chosen")
    under = rules.read_references([f"answer-{form.text('under')}"], "answer")
    for answer_id in answers:
        recasting.make_comment(viewer(), question_id, answer_id, under_id=under[0] if under else None)
    for comment_id in comments:
        recasting.make_answer(viewer(), question_id, comment_id)


def _chosen() -> list[str]:
    return request.form.getlist("chosen")[: order.MOST]


def _page(question_id: int, form: TidyForm) -> ResponseReturnValue:
    thread = order.whole_thread(viewer(), question_id)
    aliases = authors.aliases(thread.question, [*thread.answers, *thread.comments])
    context: dict[str, Any] = {"thread": thread, "question": thread.question, "form": form, "chosen": _chosen()}
    page = render_template("questions/tidy.html", name_of=lambda post: hand_name(post, aliases), **context)
    return make_response(page, 422 if form.is_submitted() else 200)
