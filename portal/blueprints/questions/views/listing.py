"""The lists of the board."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.queries import lists, tags
from portal.blueprints.questions.rules.states import Filter
from portal.blueprints.questions.views.blueprint import bp
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import go, page_or_fragment
from portal.web.i18n import _

LABELS = {
    Filter.ALL: N_("All"),
    Filter.UNANSWERED: N_("Waiting"),
    Filter.MINE: N_("Mine"),
    Filter.SOLVED: N_("Solved questions"),
}
NAMES = {"": Filter.ALL, "ventar": Filter.UNANSWERED, "mine": Filter.MINE, "loyste": Filter.SOLVED}
WORDS = {kind: word for word, kind in NAMES.items()}


@bp.get("/sporsmal")
@signed_in
def index() -> ResponseReturnValue:
    """Show the ask field and one of the lists."""
    wanted = NAMES.get(request.args.get("vis", ""), Filter.ALL)
    tag = request.args.get("tag", "")[:40]
    waiting = lists.unanswered_count(viewer())
    return page_or_fragment(
        "questions/index.html",
        "questions/_list.html",
        page=lists.questions(viewer(), wanted, tag=tag, cursor=request.args.get("etter")),
        pills=pills(wanted, tag, waiting),
        tags=tags.tags(),
        tag=tag,
        wanted=wanted,
        word=WORDS[wanted],
        waiting=waiting,
    )


def pills(wanted: Filter, tag: str, waiting: int) -> list[dict[str, object]]:
    """Say which lists there are, and which is shown."""
    return [
        {
            "label": _(LABELS[kind]),
            "url": url_for("questions.index", vis=word or None, tag=tag or None),
            "is_current": kind is wanted,
            "count": waiting if kind is Filter.UNANSWERED else None,
        }
        for word, kind in NAMES.items()
    ]


@bp.get("/sporsmal/eitt-som-ventar")
@signed_in
def one_that_waits() -> ResponseReturnValue:
    """Lead to the question that has waited longest."""
    question = lists.one_to_answer(viewer())
    if question is None:
        return go(url_for("questions.index"))
    return go(url_for("questions.thread", question_id=question.id))
