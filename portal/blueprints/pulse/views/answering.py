"""Answering, changing and taking back: the same work each time, and the same page afterwards."""

from __future__ import annotations

from datetime import timedelta

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.pulse.forms import AnswerForm
from portal.blueprints.pulse.views import ballots, pages
from portal.blueprints.pulse.views.blueprint import bp
from portal.core import throttle
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits

TAPS, PER = 40, timedelta(hours=1)


def _bounded() -> None:
    # In the memory of the process only: a row that counts would tell a copy of the database who has tapped, and when.
    throttle.hit_here("pulse.answer", str(viewer().id), limit=TAPS, per=PER)


@bp.post("/svar")
@signed_in
@commits
def answer() -> ResponseReturnValue:
    """Put one's answer into the box, in the place of what was there."""
    _bounded()
    form = AnswerForm()
    if not form.validate():
        return pages.overview(answering=form, status=422)
    try:
        ballots.answer(viewer(), value=int(form.face.data), note=form.text("note"))
    except (Invalid, Conflict) as error:
        form.refuse(error)
        return pages.overview(answering=form, status=error.status)
    flash(N_("It is in the box. You can change it until the round closes."))
    return go(url_for("pulse.index"))


@bp.post("/svar/tilbake")
@signed_in
@commits
def taking_back() -> ResponseReturnValue:
    """Take one's answer out of the box, if there is one."""
    _bounded()
    ballots.take_back(viewer())
    flash(N_("Nothing of yours is in the box now."))
    return go(url_for("pulse.index"))
