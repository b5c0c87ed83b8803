"""One box over everything, with or without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.search import queries, service
from portal.blueprints.search.queries import Hit
from portal.blueprints.search.service import Source
from portal.core import patient_data
from portal.core.patient_data import PatientData
from portal.web import bounds, navigation
from portal.web.auth import signed_in, viewer
from portal.web.forms import stripped
from portal.web.fragments import page_or_fragment, wants_fragment
from portal.web.i18n import _

bp = Blueprint("search", __name__, url_prefix="/sok")

LONGEST = 300
SHOWN = 30
SUGGESTED = 8


@bp.get("")
@signed_in
def find() -> ResponseReturnValue:
    """Show what answers a query, by kind. A query that holds patient data is neither run nor kept."""
    text = stripped(request.args.get("q"))[:LONGEST]
    chosen = _sources().get(request.args.get("slag", ""))
    refused = _refused(text)
    if text:
        bounds.look_up()
    hits = [] if refused else queries.find(viewer(), text, kinds=_kinds(chosen), limit=SHOWN)
    return page_or_fragment(
        "search/find.html",
        "search/_results.html",
        status=422 if refused else 200,
        text=text,
        refused=refused,
        groups=_groups(hits),
        pills=_pills(text, chosen),
        ask_url=_ask_url(text),
    )


@bp.get("/framlegg")
@signed_in
def suggest() -> ResponseReturnValue:
    """Show what is like the text that is being typed."""
    text = stripped(request.args.get("q"))[:LONGEST]
    if not wants_fragment():
        return redirect(url_for("search.find", q=text))
    bounds.look_up()
    refused = _refused(text)
    hits = [] if refused else queries.similar(viewer(), text, kinds=tuple(_sources()), limit=SUGGESTED)
    return render_template("search/_suggestions.html", refused=refused, groups=_groups(hits)), 422 if refused else 200


def _refused(text: str) -> PatientData | None:
    try:
        patient_data.check(text, field="q")
    except PatientData as refusal:
        return refusal
    return None


def _sources() -> dict[str, Source]:
    """Give the kinds whose pages are there to be opened."""
    return {kind: each for kind, each in service.sources.items() if each.endpoint in current_app.view_functions}


def _kinds(chosen: Source | None) -> Sequence[str]:
    return (chosen.kind,) if chosen else tuple(_sources())


def _groups(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    """Put the hits together by kind; the kind of the best hit comes first."""
    order = list(dict.fromkeys(hit.kind for hit in hits))
    by_kind = groupby(sorted(hits, key=lambda hit: order.index(hit.kind)), key=lambda hit: hit.kind)
    sources = _sources()
    return [
        {
            "kind": kind,
            "title": _(sources[kind].label),
            "icon": sources[kind].icon,
            "items": [
                {"hit": hit, "title": hit.title, "url": navigation.page_of(sources[kind].endpoint, hit.ref)}
                for hit in found
            ],
        }
        for kind, found in by_kind
    ]


def _pills(text: str, chosen: Source | None) -> list[dict[str, Any]]:
    everything = {"label": _("Everything"), "url": url_for("search.find", q=text), "is_current": chosen is None}
    kinds = [
        {
            "label": _(source.label),
            "url": url_for("search.find", q=text, slag=source.kind),
            "is_current": source is chosen,
        }
        for source in _sources().values()
    ]
    return [everything, *kinds]


def _ask_url(text: str) -> str:
    if "questions.ask" not in current_app.view_functions:
        return ""
    return url_for("questions.ask", title=text)
