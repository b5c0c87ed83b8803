"""Saying, or suggesting, that a question was asked before."""

from __future__ import annotations

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.forms.order import DuplicateForm
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import threads
from portal.blueprints.questions.rules import order as rules
from portal.blueprints.questions.service import duplicates, flagging
from portal.blueprints.questions.views.blueprint import bp
from portal.blueprints.questions.views.presses import is_on, shown
from portal.blueprints.search import queries as search
from portal.blueprints.search.queries import Hit
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import N_
from portal.web import bounds
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go, piece_of
from portal.web.templating import provided
from portal.web.transactions import commits

NO_SUCH_ARTICLE = N_("We cannot find that article.")


@bp.app_template_global()
def may_mark_duplicate(question: Question) -> bool:
    """Tell whether the viewer may say that a question was asked before."""
    return duplicates.may_mark(viewer(), question)


@bp.route("/sporsmal/<int:question_id>/duplikat", methods=["GET", "POST"])
@signed_in
@commits
def duplicate(question_id: int) -> ResponseReturnValue:
    """Find what it is a duplicate of, and merge it, or suggest that."""
    question = threads.get_question(viewer(), question_id)
    form = DuplicateForm()
    if form.validate_on_submit():
        try:
            return _marked(question, form.original.data or "")
        except (Invalid, Conflict) as error:
            form.refuse(error)
        except NotFound:
            form.refuse(Invalid(N_("We cannot find that question."), field="original"))
    return _page(question, form)


def _page(question: Question, form: DuplicateForm) -> Response:
    words = request.args.get("q", question.title)[:200]
    page = render_template(
        "questions/duplicate.html",
        question=question,
        form=form,
        words=words,
        hits=_alike(question, words),
        may_mark=duplicates.may_mark(viewer(), question),
    )
    return make_response(page, 422 if form.is_submitted() else 200)


@bp.get("/sporsmal/<int:question_id>/duplikat/liknande")
@signed_in
@piece_of("questions.duplicate")
def originals(question_id: int) -> ResponseReturnValue:
    """Give the questions that are like what is typed, each with a button."""
    question = threads.get_question(viewer(), question_id)
    words = request.args.get("q", "")[:200]
    return render_template(
        "questions/_originals.html",
        question=question,
        words=words,
        hits=_alike(question, words),
        may_mark=duplicates.may_mark(viewer(), question),
    )


def _alike(question: Question, words: str) -> list[Hit]:
    if len(words.strip()) < 2:
        return []
    bounds.look_up()
    return search.similar(viewer(), words, kinds=("question", "article"), limit=8, exclude=("question", question.id))


def _marked(question: Question, original: str) -> ResponseReturnValue:
    number, article = rules.question_number(original), rules.article_number(original)
    if number is None and not article:
        raise Invalid(
            N_("Write the number of a question, a link to it, or the number of an article, such as KB10482."),
            field="original",
        )
    if article:
        _must_be_known(article)
    if not duplicates.may_mark(viewer(), question):
        flagging.suggest(viewer(), question.id, original_id=number, number=article)
        flash(N_("Thank you. The one who asked sees your suggestion, and decides."))
        return go(url_for("questions.thread", question_id=question.id))
    if number is None:
        duplicates.mark_article(viewer(), question.id, number=article)
        return go(url_for("questions.thread", question_id=question.id))
    target = duplicates.mark(viewer(), question.id, original_id=number)
    flash(N_("Now it stands in one place. Answers, thanks and followers came along."))
    return go(url_for("questions.thread", question_id=target.id))


def _must_be_known(article: str) -> None:
    find = provided("linked_articles")
    if find and not find(article):
        raise Invalid(NO_SUCH_ARTICLE, field="original")


@bp.post("/sporsmal/<int:question_id>/duplikat/angring")
@signed_in
@commits
def stand_alone(question_id: int) -> ResponseReturnValue:
    """Let a question stand alone again."""
    duplicates.undo(viewer(), question_id)
    flash(N_("The question stands alone again, with everything that was its own."))
    return shown(question_id)


@bp.post("/sporsmal/<int:question_id>/framlegg/<int:flag_id>")
@signed_in
@commits
def suggestion(question_id: int, flag_id: int) -> ResponseReturnValue:
    """Say whether a suggested duplicate is one."""
    flagging.decide(viewer(), question_id, flag_id, accepted=is_on())
    if not is_on():
        flash(N_("Good to know. The question stands alone."))
    return shown(question_id)
