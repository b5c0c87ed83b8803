"""Contact cards, written by administrators."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.talks.forms import CardForm
from portal.blueprints.talks.queries import afterwards as reading
from portal.blueprints.talks.service import cards as service
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web import navigation
from portal.web.auth import may, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits

bp_admin = Blueprint("talks_admin", __name__, url_prefix="/styring/kontaktkort")
navigation.register(
    "talks_admin.cards", N_("Contact cards"), icon="ear", order=37, menu="admin", permission=service.MANAGES
)


@bp_admin.get("")
@may(service.MANAGES)
def cards() -> ResponseReturnValue:
    """List the contact cards."""
    return render_template("talks/admin_cards.html", cards=reading.cards())


@bp_admin.route("/nytt", methods=["GET", "POST"])
@may(service.MANAGES)
@commits
def new() -> ResponseReturnValue:
    """Write a new contact card."""
    form = CardForm()
    if form.validate_on_submit():
        try:
            service.add(viewer(), form.card())
        except Invalid as error:
            form.refuse(error)
        else:
            return _saved()
    return _edit(form, None)


@bp_admin.route("/<int:card_id>", methods=["GET", "POST"])
@may(service.MANAGES)
@commits
def card(card_id: int) -> ResponseReturnValue:
    """Show a contact card, and change it."""
    form = CardForm(obj=reading.get_card(card_id))
    if form.validate_on_submit():
        try:
            service.change(viewer(), card_id, form.card())
        except Invalid as error:
            form.refuse(error)
        else:
            return _saved()
    return _edit(form, card_id)


@bp_admin.post("/<int:card_id>/fjerning")
@may(service.MANAGES)
@commits
def removal(card_id: int) -> ResponseReturnValue:
    """Remove a contact card."""
    service.remove(viewer(), card_id)
    flash(N_("The card is gone."))
    return go(url_for("talks_admin.cards"))


def _saved() -> ResponseReturnValue:
    flash(N_("Saved."))
    return go(url_for("talks_admin.cards"))


def _edit(form: CardForm, card_id: int | None) -> ResponseReturnValue:
    page = render_template("talks/admin_card.html", form=form, card_id=card_id)
    return page, 422 if form.is_submitted() else 200
