"""Eating or not, and what one does not eat."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.events.queries import attendance
from portal.blueprints.meals import queries
from portal.blueprints.meals.forms import DinerForm, NeedsForm
from portal.blueprints.meals.models import Meal
from portal.blueprints.meals.queries import Table
from portal.blueprints.meals.rules import Diet, Needs
from portal.blueprints.meals.service import dining
from portal.blueprints.meals.views import wording
from portal.blueprints.meals.views.blueprint import bp
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go, piece_of, wants_fragment
from portal.web.transactions import commits


@bp.get("/<int:meal_id>")
@signed_in
def meal(meal_id: int) -> ResponseReturnValue:
    """Show a meal, and let one say what one does not eat."""
    table = queries.table(viewer(), queries.get_meal(meal_id))
    return _page(table, _form(table))


@bp.get("/<int:meal_id>/kort")
@signed_in
@piece_of("meals.meal")
def card(meal_id: int) -> ResponseReturnValue:
    """Give the card on the page of an evening again when the headcount has changed."""
    return render_template("meals/_card.html", **card_context(queries.get_meal(meal_id)))


@bp.post("/<int:meal_id>/paamelding")
@signed_in
@commits
def eating(meal_id: int) -> ResponseReturnValue:
    """Eat, in one press."""
    dining.eat(viewer(), meal_id)
    return _done(meal_id)


@bp.post("/<int:meal_id>/svar")
@signed_in
@commits
def details(meal_id: int) -> ResponseReturnValue:
    """Eat, with guests and with what one does not eat."""
    table = queries.table(viewer(), queries.get_meal(meal_id))
    form = _form(table, sent=True)
    if form.validate():
        try:
            wanted = dining.checked(_needs(form), accepts=form.accepts)  # before anything is written
            if table.is_open:
                dining.eat(viewer(), meal_id, guests=form.guests.data or 0)
            dining.tell_needs(viewer(), wanted, is_kept=form.is_kept.data, accepts=form.accepts)
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            flash(N_("Saved."))
            return go(url_for("events.evening", evening_id=table.meal.evening_id))
    return _page(table, form, status=422)


@bp.post("/<int:meal_id>/avmelding")
@signed_in
@commits
def not_eating(meal_id: int) -> ResponseReturnValue:
    """Do not eat after all."""
    dining.give_up(viewer(), meal_id)
    return _done(meal_id)


@bp.route("/kosthald", methods=["GET", "POST"])
@signed_in
@commits
def needs() -> ResponseReturnValue:
    """Show what one has said one does not eat, change it, or have it forgotten."""
    known = queries.find_needs(viewer().id)
    form = NeedsForm(**_kept(is_kept=bool(known and known.is_kept)))
    wording.offer_diets(form)
    if form.validate_on_submit():
        try:
            dining.tell_needs(viewer(), _needs(form), is_kept=form.is_kept.data, accepts=form.accepts)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Saved."))
            return go(url_for("meals.needs"))
    shown = {"form": form, "has_needs": known is not None}
    return render_template("meals/needs.html", **shown), 422 if form.is_submitted() else 200


@bp.post("/kosthald/sletting")
@signed_in
@commits
def needs_removal() -> ResponseReturnValue:
    """Forget what one does not eat."""
    dining.forget_needs(viewer())
    flash(N_("Forgotten."))
    return go(url_for("meals.needs"))


def card_context(known: Meal) -> dict[str, Any]:
    """Give what the card shows."""
    table = queries.table(viewer(), known)
    return {
        "table": table,
        "meal": known,
        "is_in": table.mine is not None or attendance.is_in(viewer().id, known.evening_id),
    }


def _page(table: Table, form: DinerForm, *, status: int = 200) -> ResponseReturnValue:
    is_in = attendance.is_in(viewer().id, table.meal.evening_id)
    shown = {"table": table, "meal": table.meal, "form": form, "is_in": is_in}
    return render_template("meals/meal.html", **shown), status


def _form(table: Table, *, sent: bool = False) -> DinerForm:
    known = queries.find_needs(viewer().id)
    kept = {**_kept(is_kept=bool(known and known.is_kept)), "guests": table.mine.guests if table.mine else 0}
    form = DinerForm(**kept) if sent else DinerForm(formdata=None, **kept)
    wording.offer_diets(form)
    return form


def _kept(*, is_kept: bool) -> dict[str, Any]:
    mine = queries.my_needs(viewer())
    return {"diets": sorted(mine.diets), "other": mine.other, "is_kept": is_kept}


def _needs(form: NeedsForm) -> Needs:
    return Needs(diets=frozenset(Diet(diet) for diet in form.diets.data or ()), other=form.text("other"))


def _done(meal_id: int) -> ResponseReturnValue:
    known = queries.get_meal(meal_id)
    if not wants_fragment():
        return go(url_for("events.evening", evening_id=known.evening_id))
    return render_template("meals/_card.html", **card_context(known))
