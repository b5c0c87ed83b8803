"""Proposing a film, withdrawing it, and ticking."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.cinema.forms import ShowingForm
from portal.blueprints.cinema.queries import polls as queries
from portal.blueprints.cinema.rules import money
from portal.blueprints.cinema.service import ballots
from portal.blueprints.cinema.service.ballots import Wish
from portal.blueprints.cinema.views import polls
from portal.blueprints.cinema.views.blueprint import bp
from portal.core import clock
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go, wants_fragment
from portal.web.transactions import commits


@bp.route("/<int:poll_id>/framlegg", methods=["GET", "POST"])
@signed_in
@commits
def proposal(poll_id: int) -> ResponseReturnValue:
    """Propose a film at a time."""
    poll = queries.get_poll(poll_id)
    if not poll.is_open and request.method == "GET":
        return go(url_for("cinema.poll", poll_id=poll_id))
    form = ShowingForm(minutes=120)
    if form.validate_on_submit():
        try:
            ballots.propose(viewer(), poll_id, _wish(form))
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            flash(N_("The film is proposed, and ticked for you."))
            return go(url_for("cinema.poll", poll_id=poll_id))
    return render_template("cinema/proposal.html", form=form, poll=poll), 422 if form.is_submitted() else 200


@bp.post("/<int:poll_id>/framlegg/<int:showing_id>/kryss")
@signed_in
@commits
def tick(poll_id: int, showing_id: int) -> ResponseReturnValue:
    """Tick a proposal, or take the tick back."""
    ballots.tick(viewer(), poll_id, showing_id, comes=request.form.get("on") == "1")
    return _ballot(poll_id)


@bp.post("/<int:poll_id>/framlegg/<int:showing_id>/fjerning")
@signed_in
@commits
def withdrawal(poll_id: int, showing_id: int) -> ResponseReturnValue:
    """Take a proposal away."""
    ballots.withdraw(viewer(), poll_id, showing_id)
    return _ballot(poll_id)


def _ballot(poll_id: int) -> ResponseReturnValue:
    if not wants_fragment():
        return go(url_for("cinema.poll", poll_id=poll_id))
    return render_template("cinema/_ballot.html", **polls.context_of(poll_id))


def _wish(form: ShowingForm) -> Wish:
    price = None
    if form.price.data:
        price = money.read(form.price.data)
        if price is None:
            raise Invalid(N_("Write the price as kroner, such as 149 or 149,50."), field="price")
    return Wish(
        film=form.text("film"),
        link=form.link.data or "",
        place=form.text("place"),
        starts_at=clock.at_wall(form.day.data, form.starts.data),
        minutes=form.minutes.data,
        price=price,
        accepts=form.accepts,
    )
