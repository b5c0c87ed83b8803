"""Patterns of numbers that become links, seen by administrators."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.references import queries, service
from portal.blueprints.references.forms import PatternForm, TryForm
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.web import navigation
from portal.web.auth import may, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits

bp_admin = Blueprint("references_admin", __name__, url_prefix="/styring/tilvisingar")
navigation.register(
    "references_admin.patterns",
    N_("References"),
    icon="link",
    order=33,
    menu="admin",
    permission="references.manage",
)


@bp_admin.get("")
@may("references.manage")
def patterns() -> ResponseReturnValue:
    """List the patterns with what their test cases say now."""
    return _list(TryForm())


@bp_admin.post("/proving")
@may("references.manage")
@commits
def trial() -> ResponseReturnValue:
    """Show what becomes of a text. It is sent, not asked for: texts do not belong in addresses."""
    form = TryForm()
    if not form.validate():
        return _list(form), 422
    return _list(form, found=queries.found_in(form.text.data))


@bp_admin.post("")
@may("references.manage")
@commits
def add() -> ResponseReturnValue:
    """Add a pattern."""
    return _save(PatternForm(), None)


@bp_admin.get("/ny")
@may("references.manage")
def new() -> ResponseReturnValue:
    """Show the empty form."""
    return _edit(PatternForm(), None)


@bp_admin.route("/<int:pattern_id>", methods=["GET", "POST"])
@may("references.manage")
@commits
def pattern(pattern_id: int) -> ResponseReturnValue:
    """Show one pattern, and change it."""
    form = PatternForm(obj=queries.get_pattern(pattern_id))
    return _save(form, pattern_id) if form.is_submitted() else _edit(form, pattern_id)


@bp_admin.post("/<int:pattern_id>/bruk")
@may("references.manage")
@commits
def use(pattern_id: int) -> ResponseReturnValue:
    """Switch a pattern on or off."""
    pattern = service.switch(viewer(), pattern_id, on=request.form.get("on") == "1")
    if pattern.is_active:
        flash(N_("%(name)s makes links again."), name=pattern.name)
    else:
        flash(N_("%(name)s is switched off. Nothing is lost."), name=pattern.name)
    return go(url_for("references_admin.patterns"))


@bp_admin.post("/<int:pattern_id>/plass")
@may("references.manage")
@commits
def place(pattern_id: int) -> ResponseReturnValue:
    """Have a pattern tried earlier or later."""
    service.move(viewer(), pattern_id, up=request.form.get("way") == "up")
    return go(url_for("references_admin.patterns"))


@bp_admin.post("/<int:pattern_id>/fjerning")
@may("references.manage")
@commits
def removal(pattern_id: int) -> ResponseReturnValue:
    """Remove a pattern."""
    service.remove(viewer(), pattern_id)
    flash(N_("The pattern is gone. What it found is plain text again."))
    return go(url_for("references_admin.patterns"))


def _save(form: PatternForm, pattern_id: int | None) -> ResponseReturnValue:
    if not form.validate():
        return _edit(form, pattern_id), 422
    if request.form.get("act") == "try":
        return _edit(form, pattern_id)
    try:
        if pattern_id is None:
            service.add(viewer(), form.draft())
        else:
            service.change(viewer(), pattern_id, form.draft())
    except (Conflict, Invalid) as error:
        form.refuse(error)
        return _edit(form, pattern_id), 422
    flash(N_("Saved. It holds from the next page on."))
    return go(url_for("references_admin.patterns"))


def _edit(form: PatternForm, pattern_id: int | None) -> str:
    draft = form.draft()
    outcomes = queries.outcomes(draft.pattern or "", draft.url or "", draft.cases) if draft.cases else []
    context = {"outcomes": outcomes, "pattern_id": pattern_id, "has_case_address": queries.has_case_address()}
    return render_template("references/edit.html", form=form, **context)


def _list(form: TryForm, found: Any = None) -> str:
    shown = [(each, queries.outcomes(each.pattern, each.url, each.cases)) for each in queries.all_patterns()]
    has_address = queries.has_case_address()
    return render_template("references/index.html", shown=shown, form=form, found=found, has_case_address=has_address)
