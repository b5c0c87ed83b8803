"""A question and its answers."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal.blueprints.questions.forms.posts import AnswerEditForm, AnswerForm, CommentForm
from portal.blueprints.questions.models.posts import Post, Question
from portal.blueprints.questions.queries import authors, duplicates, order, threads
from portal.blueprints.questions.queries.threads import Window
from portal.blueprints.questions.rules import posts as rules
from portal.blueprints.questions.service import answering
from portal.blueprints.questions.service import duplicates as merging
from portal.blueprints.questions.views.blueprint import bp
from portal.blueprints.questions.views.conflicts import Theirs, find_theirs
from portal.blueprints.questions.views.drafts import forget_draft
from portal.blueprints.questions.views.hands import hand_name
from portal.blueprints.questions.views.pictures import with_picture
from portal.blueprints.search import queries as search
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import N_
from portal.core.paging import LARGEST
from portal.web.auth import signed_in, viewer
from portal.web.forms import form_key
from portal.web.fragments import go, page_or_fragment, wants_fragment
from portal.web.transactions import commits

ANSWERS_OPENED = 50  # posts whose comments are all unfolded at once


@bp.get("/sporsmal/<int:question_id>")
@signed_in
def thread(question_id: int) -> ResponseReturnValue:
    """Show a question with its answers; the fragment is what changes while one reads, or some more answers."""
    if wants_fragment() and "del" in request.args:
        return page_or_fragment("", "questions/_answers.html", is_piece=True, **_context(question_id))
    return show(question_id, AnswerForm(formdata=None, key=form_key()))


def show(
    question_id: int, form: AnswerForm, *, status: int = 200, remark: CommentForm | None = None, remark_on: int = 0
) -> Response:
    """Show a thread with an answer form, or the form of a comment, as it was written."""
    context = _context(question_id)
    # Who writes here without a name goes on so until they choose otherwise: one slip would tell who they are.
    if not form.is_submitted() and context["is_nameless_here"]:
        form.is_anonymous.data = True
    page, piece = "questions/thread.html", "questions/_thread.html"
    written = {"form": form, "remark": remark, "remark_on": remark_on}
    return page_or_fragment(page, piece, status=status, is_piece=False, **written, **context)


def address(question_id: int, answer_id: int | None = None, anchor: str = "") -> str:
    """Give the address of a place in a thread: of an answer also where it is not among the first."""
    place = anchor or (f"svar-{answer_id}" if answer_id else "")
    found = threads.window_of(viewer(), question_id, answer_id) if answer_id else Window()
    later = answer_id if found.after else None
    return url_for("questions.thread", question_id=question_id, svar=later, _anchor=place or None)


def _context(question_id: int) -> dict[str, Any]:
    read = threads.thread(viewer(), question_id, window(question_id))
    return {
        "thread": read,
        "question": read.question,
        "around": order.surroundings(
            viewer(), read.question, read.answers, may_decide=merging.may_mark(viewer(), read.question)
        ),
        "is_mine": lambda post: authors.is_author(viewer(), post),
        "name_of": lambda post: hand_name(post, read.aliases),
        "similar": lambda: search.kept_similar(
            viewer(), "question", question_id, kinds=("question", "article"), limit=6
        ),
        "may_edit": lambda post: may_edit(post, read.question),
        "is_nameless_here": any(authors.is_own_mask(viewer(), read.question, mask) for mask in read.aliases),
    }


def _said() -> MultiDict[str, str]:
    """Give what the page says of itself: in the address when it is fetched, in the form when something is pressed."""
    return request.form if request.method == "POST" else request.args


def window(question_id: int) -> Window:
    """Read from the address, or from what an open page says of itself, which answers are shown."""
    wanted = _number("svar")
    if wanted:
        return threads.window_of(viewer(), question_id, wanted)
    sizes = [int(size) for size in _said().getlist("vis") if size.isascii() and size.isdigit()]
    opened = [int(one) for one in _said().getlist("kommentarar") if one.isascii() and one.isdigit()]
    size = min(max(sum(sizes), threads.ANSWERS), threads.ANSWERS_MOST)
    return Window(after=_number("etter"), size=size, open_remarks=frozenset(opened[:ANSWERS_OPENED]))


def _number(name: str) -> int:
    given = _said().get(name, "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 11 else 0
    return number if number <= LARGEST else 0


def may_edit(post: Post, question: Question) -> bool:
    """Tell whether the viewer may change a post."""
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
                is_anonymous=form.is_anonymous.data,
            )
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            forget_draft()
            return go(address(added.question_id, added.id))
    return show(question_id, form, status=422)


@bp.route("/sporsmal/<int:question_id>/svar/<int:answer_id>/endring", methods=["GET", "POST"])
@signed_in
@commits
def edit_answer(question_id: int, answer_id: int) -> ResponseReturnValue:
    """Mend an answer."""
    question_id = duplicates.where_it_stands(question_id, answer_id)
    written = threads.get_answer(viewer(), question_id, answer_id)
    if not may_edit(written, written.question):
        raise NotAllowed(N_("Only the one who wrote this can change it."))
    form = AnswerEditForm(obj=written)
    theirs: Theirs | None = None
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
            theirs = find_theirs(error, form, written)
        else:
            return go(address(question_id, answer_id))
    page = render_template("questions/edit_answer.html", form=form, answer=written, theirs=theirs)
    return make_response(page, 422 if form.is_submitted() else 200)
