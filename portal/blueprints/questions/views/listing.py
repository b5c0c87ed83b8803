"""The front door of the board: ask, look for something, and the lists."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.queries import filters, following, lists, searching
from portal.blueprints.questions.rules import operators
from portal.blueprints.questions.rules.finding import QUERY_LONGEST
from portal.blueprints.questions.rules.operators import Parsed
from portal.blueprints.questions.rules.states import Filter
from portal.blueprints.questions.views.blueprint import bp
from portal.blueprints.questions.views.chips import chips, unknown_words
from portal.core import patient_data
from portal.core.i18n import N_
from portal.core.patient_data import PatientData
from portal.web import bounds
from portal.web.auth import signed_in, viewer
from portal.web.forms import stripped
from portal.web.fragments import go, page_or_fragment
from portal.web.i18n import _

LABELS = {
    Filter.ALL: N_("All"),
    Filter.UNANSWERED: N_("Waiting"),
    Filter.MINE: N_("Mine"),
    Filter.FOR_ME: N_("For me"),
    Filter.SOLVED_THIS_WEEK: N_("Solved this week"),
}
NAMES = {
    "": Filter.ALL,
    "ventar": Filter.UNANSWERED,
    "mine": Filter.MINE,
    "til-meg": Filter.FOR_ME,
    "loyste-i-veka": Filter.SOLVED_THIS_WEEK,
    "loyste": Filter.SOLVED,
}
WORDS = {kind: word for word, kind in NAMES.items()}


@bp.get("/sporsmal")
@signed_in
def index() -> ResponseReturnValue:
    """Show the ask field, and one of the lists as far as the search leaves it."""
    wanted = NAMES.get(request.args.get("vis", ""), Filter.ALL)
    text = wanted_text()
    if text:
        bounds.look_up()
    refused = refusal(text)
    understood = searching.understand(viewer(), Parsed() if refused else operators.parse(text))
    waiting = lists.unanswered_count(viewer())
    kept, subjects = filters.filters(viewer()), following.all_tags(viewer())
    return page_or_fragment(
        "questions/index.html",
        "questions/_list.html",
        status=422 if refused else 200,
        page=lists.questions(viewer(), wanted, understood=understood, cursor=request.args.get("etter")),
        pills=[*pills(wanted, text, waiting), *pinned(kept, text)],
        chips=chips(understood, lambda rest: url_for("questions.index", vis=WORDS[wanted] or None, q=rest or None)),
        unknown=unknown_words(understood),
        refused=refused,
        text=text,
        search=understood,
        kept=next((each for each in kept if each.query == text), None),
        labels=[label for label, _is_followed in subjects],
        followed=[label for label, is_followed in subjects if is_followed],
        wanted=wanted,
        word=WORDS[wanted],
        waiting=waiting,
        waiting_shown=bounded(waiting),
    )


def wanted_text() -> str:
    """Give what is searched for; the address may also name a tag alone."""
    tag = stripped(request.args.get("tag"))[:40]
    text = stripped(request.args.get("q"))[:QUERY_LONGEST]
    return " ".join(filter(None, (f'tag:"{tag}"' if " " in tag else f"tag:{tag}" if tag else "", text)))


def refusal(text: str) -> PatientData | None:
    """Find out whether a search holds patient data: then it is neither run nor kept."""
    try:
        patient_data.check(text, field="q")
    except PatientData as error:
        return error
    return None


def bounded(count: int) -> str:
    """Write a count that was counted up to a bound."""
    return str(count) if count < lists.COUNTED_MOST else f"{lists.COUNTED_MOST - 1}+"


def pills(wanted: Filter, text: str, waiting: int) -> list[dict[str, Any]]:
    """Say which lists there are, and which is shown."""
    return [
        {
            "label": _(label),
            "url": url_for("questions.index", vis=WORDS[kind] or None, q=text or None),
            "is_current": kind is wanted,
            "count": bounded(waiting) if kind is Filter.UNANSWERED and waiting else None,
        }
        for kind, label in LABELS.items()
    ] + [{"label": _("Answers to check"), "url": url_for("questions.to_check"), "is_current": False}]


def pinned(kept: Any, text: str) -> list[dict[str, Any]]:
    """Say which searches the viewer has kept."""
    return [
        {
            "label": each.name,
            "url": url_for("questions.index", q=each.query),
            "is_current": each.query == text,
            "is_own": True,
        }
        for each in kept
    ]


@bp.get("/sporsmal/eitt-som-ventar")
@signed_in
def one_that_waits() -> ResponseReturnValue:
    """Lead to the question that has waited longest."""
    question = lists.one_to_answer(viewer())
    if question is None:
        return go(url_for("questions.index"))
    return go(url_for("questions.thread", question_id=question.id))
