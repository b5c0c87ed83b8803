"""Hearing of new evenings: a small card beside the list."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.blueprints.events.forms import KINDS
from portal.blueprints.events.models.evenings import Kind
from portal.blueprints.events.queries import following
from portal.blueprints.events.service import follows
from portal.blueprints.events.views.blueprint import bp
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.parts import part_of
from portal.web.templating import piece
from portal.web.transactions import commits


@part_of("together.side", order=80)
def new_evenings() -> Markup:
    """Show which kinds of new evenings one hears of."""
    return piece("events/_follow.html", kinds=KINDS, followed=following.followed_kinds(viewer().id))


@bp.post("/nytt")
@signed_in
@commits
def follow() -> ResponseReturnValue:
    """Choose which kinds of new evenings one hears of."""
    wanted = set(request.form.getlist("kind"))
    follows.follow(viewer(), [kind for kind in Kind if kind.value in wanted])
    flash(N_("Saved. New evenings come by mail, with a way to say yes.") if wanted else N_("Saved."))
    return go(url_for("events.index"))
