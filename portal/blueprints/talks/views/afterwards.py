"""After a hard call: what is normal, what helps, and three ways on. Reading it leaves no trace."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.talks.forms import AgainForm
from portal.blueprints.talks.queries import afterwards as reading
from portal.blueprints.talks.queries import peers
from portal.blueprints.talks.service import afterwards as service
from portal.blueprints.talks.views.blueprint import bp
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits

ROUNDS = 12  # of ten seconds each: two minutes


@bp.route("/etter-ein-hard-samtale", methods=["GET", "POST"])
@signed_in
@commits
def after() -> ResponseReturnValue:
    """Show what helps after a hard call, and let one wish to be asked again."""
    form = AgainForm()
    if form.validate_on_submit():
        try:
            service.wish(viewer(), is_ticked=bool(form.again.data))
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("We ask you again, and only you see it. You can stop it here whenever you like."))
            return go(url_for("talks.after", _anchor="asking-again"))
    page = render_template(
        "talks/after.html",
        form=form,
        asks_at=reading.asks_again_at(viewer()),
        cards=reading.cards(),
        has_peers=peers.is_anybody_else(viewer()),
        is_anybody_free=peers.is_anybody_free(viewer()),
        rounds=ROUNDS,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/etter-ein-hard-samtale/stopp")
@signed_in
@commits
def stop() -> ResponseReturnValue:
    """Be asked no more."""
    service.stop(viewer())
    flash(N_("We ask no more. Nothing comes of it."))
    return go(url_for("talks.after", _anchor="asking-again"))
