"""One's buddy, and whose buddy one is."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.talks.forms import BuddyForm
from portal.blueprints.talks.queries import buddies as reading
from portal.blueprints.talks.service import buddies as service
from portal.blueprints.talks.views.blueprint import bp, colleagues
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits


@bp.route("/prat/fadder", methods=["GET", "POST"])
@signed_in
@commits
def buddies() -> ResponseReturnValue:
    """Ask somebody to be one's buddy, and see whose buddy one is."""
    form = BuddyForm()
    form.offer(colleagues())
    if form.validate_on_submit():
        try:
            service.ask(viewer(), form.buddy.data)
        except (Conflict, Invalid) as error:
            form.refuse(error)
        else:
            flash(N_("Asked. You hear when there is an answer."))
            return go(url_for("talks.buddies"))
    mine, theirs = reading.bond_of(viewer()), reading.bonds_to(viewer())
    page = render_template("talks/buddies.html", form=form, mine=mine, theirs=theirs)
    return page, 422 if form.is_submitted() else 200


@bp.post("/prat/fadder/<string(length=22):bond_id>/ja")
@signed_in
@commits
def agreement(bond_id: str) -> ResponseReturnValue:
    """Say yes to being somebody's buddy."""
    try:
        service.agree(viewer(), bond_id)
    except NotFound as error:
        return _is_over(error)
    flash(N_("You are a buddy now. Either of you can end it whenever you like."))
    return go(url_for("talks.buddies"))


@bp.post("/prat/fadder/<string(length=22):bond_id>/slutt")
@signed_in
@commits
def parting(bond_id: str) -> ResponseReturnValue:
    """End it, or say «not this time», as either."""
    try:
        service.end(viewer(), bond_id)
    except NotFound as error:
        return _is_over(error)
    flash(N_("It is ended, and nothing of it is kept."))
    return go(url_for("talks.buddies"))


def _is_over(error: NotFound) -> ResponseReturnValue:
    """Say calmly that the other ended it meanwhile, or that it was pressed twice; to strangers the same."""
    flash(error.message, **error.params)
    return go(url_for("talks.buddies"))
