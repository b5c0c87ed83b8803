"""Asking for a talk, and the talks one is in."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.talks.forms import AskForm
from portal.blueprints.talks.models import Talk
from portal.blueprints.talks.queries import afterwards, buddies, peers
from portal.blueprints.talks.queries import talks as reading
from portal.blueprints.talks.rules import Suits
from portal.blueprints.talks.service import asking
from portal.blueprints.talks.views.blueprint import bp, colleagues
from portal.core.errors import Conflict, Invalid
from portal.web.auth import signed_in, viewer
from portal.web.fragments import go, piece_of
from portal.web.transactions import commits


@bp.route("/prat", methods=["GET", "POST"])
@signed_in
@commits
def index() -> ResponseReturnValue:
    """Ask for a talk in one press, and see the talks one is in."""
    form = AskForm()
    form.offer(colleagues())
    if form.validate_on_submit():
        try:
            talk = _ask(form)
        except (Conflict, Invalid) as error:
            form.refuse(error)
        else:
            return go(url_for("talks.own", talk_id=talk.id))
    status = 422 if form.is_submitted() else 200
    return render_template("talks/index.html", lines=reading.lines(viewer()), **choices(form)), status


def _ask(form: AskForm) -> Talk:
    suits: Suits | None = form.suits.data
    whom = request.form.get("whom")
    if whom == "peers":
        return asking.ask_peers(viewer(), suits=suits)
    if whom == "buddy":
        return asking.ask_buddy(viewer(), suits=suits)
    return asking.ask_colleague(viewer(), form.person.data, suits=suits)


def choices(form: AskForm | None = None) -> dict[str, Any]:
    """Give what the form for asking shows: whom one can ask now, and whom outside of the desk."""
    if form is None:
        form = AskForm(formdata=None)
        form.offer(colleagues())
    return {
        "form": form,
        "buddy": buddies.find_buddy(viewer()),
        "has_peers": peers.is_anybody_else(viewer()),
        "is_anybody_free": peers.is_anybody_free(viewer()),
        "cards": afterwards.cards(),
    }


@bp.get("/prat/liste")
@signed_in
@piece_of("talks.index")
def lines() -> ResponseReturnValue:
    """Give the talks that one is in again."""
    return render_template("talks/_lines.html", lines=reading.lines(viewer()))
