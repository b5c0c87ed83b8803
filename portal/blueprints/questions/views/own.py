"""What one has written: taken along, without one's name, or away."""

from __future__ import annotations

import json

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.models.posts import Post
from portal.blueprints.questions.queries import authors, own, threads
from portal.blueprints.questions.service import own as keeping
from portal.blueprints.questions.views.blueprint import bp
from portal.core.errors import Invalid, NotFound
from portal.core.i18n import N_
from portal.web import bounds, templating
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits


@bp.get("/sporsmal/mine-innlegg")
@signed_in
def own_posts() -> ResponseReturnValue:
    """Say how much one has written, and what one can do with it."""
    return render_template("questions/own.html", counts=own.counts(viewer()))


@bp.get("/sporsmal/mine-innlegg.json")
@signed_in
def own_json() -> ResponseReturnValue:
    """Give all that one has written, for other programs."""
    bounds.take_along()
    return _file(json.dumps(own.document(viewer()), ensure_ascii=False, indent=2), "application/json", "json")


@bp.get("/sporsmal/mine-innlegg.md")
@signed_in
def own_markdown() -> ResponseReturnValue:
    """Give all that one has written, to read."""
    bounds.take_along()
    text = render_template("questions/own.md.txt", questions=own.questions(viewer()), replies=own.replies(viewer()))
    return _file(text, "text/markdown", "md")


@bp.post("/sporsmal/mine-innlegg/utan-namn")
@signed_in
@commits
def take_name_off_all() -> ResponseReturnValue:
    """Take one's name off everything."""
    _must_be_meant()
    keeping.take_name_off_all(viewer())
    flash(N_("Your name is off everything you have written here."))
    return go(url_for("questions.own_posts"))


@bp.post("/sporsmal/mine-innlegg/fjerning")
@signed_in
@commits
def remove_all() -> ResponseReturnValue:
    """Take everything away."""
    _must_be_meant()
    keeping.remove_all(viewer())
    flash(N_("What you had written here is gone."))
    return go(url_for("questions.own_posts"))


@bp.get("/sporsmal/<int:question_id>/mitt/<any(sporsmal, svar, kommentar):kind>/<int:post_id>")
@signed_in
def own_post(question_id: int, kind: str, post_id: int) -> ResponseReturnValue:
    """Ask once more before a name or a post goes."""
    post = _own(question_id, kind, post_id)
    return render_template("questions/own_post.html", post=post, kind=kind, question_id=question_id)


@bp.post("/sporsmal/<int:question_id>/mitt/<any(sporsmal, svar, kommentar):kind>/<int:post_id>/utan-namn")
@signed_in
@commits
def take_name_off(question_id: int, kind: str, post_id: int) -> ResponseReturnValue:
    """Take one's name off one post."""
    keeping.take_name_off(viewer(), _own(question_id, kind, post_id))
    flash(N_("Your name is off it."))
    return go(url_for("questions.thread", question_id=question_id))


@bp.post("/sporsmal/<int:question_id>/mitt/<any(sporsmal, svar, kommentar):kind>/<int:post_id>/fjerning")
@signed_in
@commits
def remove_own(question_id: int, kind: str, post_id: int) -> ResponseReturnValue:
    """Take one post away."""
    is_all_gone = keeping.remove(viewer(), _own(question_id, kind, post_id))
    flash(N_("It is gone."))
    return go(url_for("questions.index") if is_all_gone else url_for("questions.thread", question_id=question_id))


def _own(question_id: int, kind: str, post_id: int) -> Post:
    """Give a post of the viewer's own; another's is as good as not there."""
    post: Post
    match kind:
        case "svar":
            post = threads.get_answer(viewer(), question_id, post_id)
        case "kommentar":
            post = threads.get_comment(viewer(), question_id, post_id)
        case _:
            post = threads.get_question(viewer(), question_id)
    if not authors.is_author(viewer(), post) or (kind == "sporsmal" and post.id != post_id):
        raise NotFound(N_("We cannot find that post of yours."))
    return post


def _must_be_meant() -> None:
    if request.form.get("sure") != "1":
        raise Invalid(N_("Set the mark first: this cannot be undone."))


def _file(text: str, mime: str, ending: str) -> Response:
    answer = Response(text, mimetype=mime)
    answer.headers["Content-Disposition"] = f"attachment; filename=tunet.{ending}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


templating.provide("own_posts_url", lambda: url_for("questions.own_posts"))
