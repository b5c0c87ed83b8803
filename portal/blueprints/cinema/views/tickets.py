"""Seats that one has bought for all."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal.blueprints.cinema.forms import OrderForm
from portal.blueprints.cinema.models.tickets import Order
from portal.blueprints.cinema.queries import tickets as queries
from portal.blueprints.cinema.rules import money
from portal.blueprints.cinema.service import tickets as service
from portal.blueprints.cinema.views import wording
from portal.blueprints.cinema.views.blueprint import bp
from portal.blueprints.events.queries import attendance, finding
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go, piece_of, wants_fragment
from portal.web.i18n import _
from portal.web.transactions import commits

EACH, ALL = "each", "all"


@bp.get("/kveld/<int:evening_id>/billettar")
@signed_in
def tickets(evening_id: int) -> ResponseReturnValue:
    """Show one's own part; to the buyer every part."""
    return render_template("cinema/tickets.html", **_context(evening_id))


@bp.get("/kveld/<int:evening_id>/billettar/delar")
@signed_in
@piece_of("cinema.tickets")
def ticket_parts(evening_id: int) -> ResponseReturnValue:
    """Give the parts again when one has changed."""
    return render_template("cinema/_parts.html", **_context(evening_id))


@bp.route("/kveld/<int:evening_id>/billettar/ny", methods=["GET", "POST"])
@signed_in
@commits
def purchase(evening_id: int) -> ResponseReturnValue:
    """Write down that one has bought the seats; the buyer mends it here too."""
    evening = finding.get_evening(evening_id)
    order = queries.find_order(evening_id)
    if order and order.buyer_id != viewer().id:
        return _to_the_parts(order)
    form = _form(order)
    if form.validate_on_submit():
        try:
            write = service.change if order else service.buy
            write(viewer(), evening_id, amount=_amount(form), is_each=form.how.data == EACH, phone=form.phone.data)
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            flash(
                N_("Saved. Everybody with a part can see it.")
                if order
                else N_("Written down. Those who come are told.")
            )
            return go(url_for("cinema.tickets", evening_id=evening_id))
    is_in = order is not None or attendance.is_in(viewer().id, evening_id)
    shown = {"form": form, "evening": evening, "order": order, "is_in": is_in}
    return render_template("cinema/purchase.html", **shown), 422 if form.is_submitted() else 200


@bp.post("/kveld/<int:evening_id>/billettar/betalt")
@signed_in
@commits
def payment(evening_id: int) -> ResponseReturnValue:
    """Tick that one has paid."""
    service.say_paid(viewer(), evening_id, paid=request.form.get("on") == "1")
    return _done(evening_id)


@bp.post("/kveld/<int:evening_id>/billettar/del/<int:share_id>/motteke")
@signed_in
@commits
def receipt(evening_id: int, share_id: int) -> ResponseReturnValue:
    """Tick, as the buyer, that a part has come."""
    service.note_come(viewer(), evening_id, share_id, come=request.form.get("on") == "1")
    return _done(evening_id)


@bp.post("/kveld/<int:evening_id>/billettar/del/<int:share_id>/fjerning")
@signed_in
@commits
def share_removal(evening_id: int, share_id: int) -> ResponseReturnValue:
    """Take a part out, as the buyer."""
    service.take_out(viewer(), evening_id, share_id)
    return _done(evening_id)


@bp.post("/kveld/<int:evening_id>/billettar/fleire")
@signed_in
@commits
def latecomers(evening_id: int) -> ResponseReturnValue:
    """Give those who have come since their part."""
    if not service.catch_up(viewer(), evening_id):
        flash(N_("Everybody who comes has a part already."))
    return _done(evening_id)


@bp.post("/kveld/<int:evening_id>/billettar/oppgjort")
@signed_in
@commits
def settlement(evening_id: int) -> ResponseReturnValue:
    """Say that all is settled."""
    service.settle_up(viewer(), evening_id)
    flash(N_("All is settled, and what stood here is deleted."))
    return go(url_for("events.evening", evening_id=evening_id))


def _context(evening_id: int) -> dict[str, Any]:
    order = queries.get_order(evening_id)
    mine = order.share_of(viewer().id)
    if mine is None:
        raise NotFound(N_("No seats are bought for this evening."))
    parts = queries.parts(viewer(), order)
    evening = finding.get_evening(evening_id)
    return {"order": order, "mine": mine, "parts": parts, "evening": evening, "wording": wording}


def _to_the_parts(order: Order) -> ResponseReturnValue:
    if order.share_of(viewer().id) is None:
        raise NotFound(N_("No seats are bought for this evening."))
    return go(url_for("cinema.tickets", evening_id=order.evening_id))


def _done(evening_id: int) -> ResponseReturnValue:
    if not wants_fragment():
        return go(url_for("cinema.tickets", evening_id=evening_id))
    return render_template("cinema/_parts.html", **_context(evening_id))


def _form(order: Order | None) -> OrderForm:
    kept = {"how": EACH, "phone": viewer().phone}
    if order:
        how = EACH if order.is_each else ALL
        kept = {"amount": money.written(order.amount), "how": how, "phone": money.phone_in_groups(order.phone)}
    form = OrderForm(**kept)
    form.how.choices = [SelectChoice(EACH, _("Each seat")), SelectChoice(ALL, _("All the seats together"))]
    return form


def _amount(form: OrderForm) -> int:
    amount = money.read(form.amount.data)
    if amount is None:
        raise Invalid(N_("Write the price as kroner, such as 149 or 149,50."), field="amount")
    return amount
