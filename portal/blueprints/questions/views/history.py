"""What a post said before, what changed, and the way back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.models.history import Revision
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.queries import authors, threads, wordings
from portal.blueprints.questions.rules.wording import Piece, difference
from portal.blueprints.questions.service import restoring
from portal.blueprints.questions.views.blueprint import bp
from portal.blueprints.questions.views.hands import hand_name
from portal.blueprints.questions.views.thread import address, may_edit
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits

QUESTION = "/sporsmal/<int:question_id>/historie"
ANSWER = "/sporsmal/<int:question_id>/svar/<int:answer_id>/historie"
COMMENT = "/sporsmal/<int:question_id>/kommentar/<int:comment_id>/historie"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One wording, and what it changed."""

    wording: Revision
    is_first: bool
    is_newest: bool
    title: list[Piece]
    body: list[Piece]
    tags_added: list[str]
    tags_removed: list[str]


@bp.get(QUESTION)
@bp.get(ANSWER)
@bp.get(COMMENT)
@signed_in
def history(question_id: int, answer_id: int | None = None, comment_id: int | None = None) -> ResponseReturnValue:
    """Show every wording of a post, the newest first, with what each changed."""
    post, question = _post(question_id, answer_id, comment_id)
    page = wordings.wordings(post, cursor=request.args.get("etter"))
    return render_template(
        "questions/history.html",
        post=post,
        question=question,
        steps=_steps(post, list(page.items)),
        next_cursor=page.next_cursor,
        name=hand_name(post, authors.aliases(question, [post])),
        may_restore=may_edit(post, question),
        back=address(question_id, _answer_id(post)),
        ids={"question_id": question_id, "answer_id": answer_id, "comment_id": comment_id},
    )


@bp.post(f"{QUESTION}/tilbakehenting")
@bp.post(f"{ANSWER}/tilbakehenting")
@bp.post(f"{COMMENT}/tilbakehenting")
@signed_in
@commits
def restore(question_id: int, answer_id: int | None = None, comment_id: int | None = None) -> ResponseReturnValue:
    """Let a post say again what it said in one of its wordings."""
    post, question = _post(question_id, answer_id, comment_id)
    if not may_edit(post, question):
        raise NotAllowed(N_("Only the one who wrote this can change it."))
    try:
        restoring.restore(viewer(), post, _number("number"), version=_number("version"))
    except (Invalid, Conflict) as error:
        flash(error.message, **error.params)
        return go(request.path.removesuffix("/tilbakehenting"))
    flash(N_("The earlier wording is back. Nothing is lost: it can be changed again."))
    return go(address(question_id, _answer_id(post)))


def _post(question_id: int, answer_id: int | None, comment_id: int | None) -> tuple[Post, Question]:
    if answer_id is not None:
        answer = threads.get_answer(viewer(), question_id, answer_id)
        return answer, answer.question
    if comment_id is not None:
        comment = threads.get_comment(viewer(), question_id, comment_id)
        return comment, comment.question
    question = threads.get_question(viewer(), question_id)
    return question, question


def _answer_id(post: Post) -> int | None:
    if isinstance(post, Comment):
        return post.answer_id
    return post.id if isinstance(post, Answer) else None


def _steps(post: Post, found: list[Revision]) -> list[Step]:
    before = wordings.find_before(post, found[-1]) if found else None
    pairs = zip(found, [*found[1:], before][: len(found)], strict=True)
    return [_step(wording, earlier, is_newest=wording.number == post.version) for wording, earlier in pairs]


def _step(wording: Revision, earlier: Revision | None, *, is_newest: bool) -> Step:
    old, new = (earlier.tags if earlier else []), wording.tags
    return Step(
        wording=wording,
        is_first=earlier is None,
        is_newest=is_newest,
        title=difference(earlier.title if earlier else wording.title, wording.title),
        body=difference(earlier.body if earlier else wording.body, wording.body),
        tags_added=[tag for tag in new if tag not in old] if earlier else [],
        tags_removed=[tag for tag in old if tag not in new],
    )


def _number(name: str) -> int:
    given = request.form.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
