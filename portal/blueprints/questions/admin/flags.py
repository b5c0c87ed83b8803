"""The queue of flags."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.admin.blueprint import bp_admin
from portal.blueprints.questions.forms.order import REASONS
from portal.blueprints.questions.queries import flags as waiting
from portal.blueprints.questions.rules.order import Outcome
from portal.blueprints.questions.service import flagging
from portal.core.i18n import N_
from portal.web import navigation, templating
from portal.web.auth import may, viewer
from portal.web.fragments import flash, go, page_or_fragment, piece_of
from portal.web.transactions import commits

ORDER = "questions.moderate"
navigation.register("questions_admin.flags", N_("Flags"), icon="alert", order=10, menu="admin", permission=ORDER)
templating.provide("badge:questions_admin.flags", lambda: "questions/_flag_count.html")
templating.provide("flags_waiting", waiting.waiting_count)


@bp_admin.get("/merknader")
@may(ORDER)
def flags() -> ResponseReturnValue:
    """Show what waits to be looked at, the oldest first."""
    return page_or_fragment(
        "questions/flags.html",
        "questions/_flags.html",
        page=waiting.waiting_flags(viewer(), cursor=request.args.get("etter")),
        reasons=REASONS,
    )


@bp_admin.get("/merknader/tal")
@may(ORDER)
@piece_of("questions_admin.flags")
def flag_count() -> ResponseReturnValue:
    """Give how many wait, for the menu."""
    return render_template("questions/_flag_count.html")


@bp_admin.post("/merknader/<int:flag_id>/avgjerd")
@may(ORDER)
@commits
def settle(flag_id: int) -> ResponseReturnValue:
    """Say that somebody has looked: something was done, or the post stands."""
    is_done = request.form.get("outcome") == Outcome.ACTED
    flagging.settle(viewer(), flag_id, outcome=Outcome.ACTED if is_done else Outcome.LEFT)
    flash(N_("Settled. Those who flagged it are thanked."))
    return go(url_for("questions_admin.flags"))
