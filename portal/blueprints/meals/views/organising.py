"""What organisers do with food."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.events.queries import finding
from portal.blueprints.meals import queries
from portal.blueprints.meals.forms import MealForm
from portal.blueprints.meals.models import Meal
from portal.blueprints.meals.service import meals as service
from portal.blueprints.meals.service.meals import Wish
from portal.blueprints.meals.views.blueprint import bp
from portal.core import clock
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.web.auth import may, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits


@bp.route("/kveld/<int:evening_id>/ny", methods=["GET", "POST"])
@may("events.organise")
@commits
def new_meal(evening_id: int) -> ResponseReturnValue:
    """Offer food on an evening."""
    evening = finding.get_evening(evening_id)
    at, before = clock.wall(evening.ends_at), clock.wall(evening.starts_at - timedelta(days=1))
    form = MealForm(day=at.date(), at=at.time(), deadline_day=before.date(), deadline=before.time())
    if form.validate_on_submit():
        try:
            service.plan(viewer(), evening_id, _wish(form))
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            flash(N_("The food is on the page. Those who come are told in the portal."))
            return go(url_for("events.evening", evening_id=evening_id))
    return render_template("meals/new_meal.html", form=form, evening=evening), 422 if form.is_submitted() else 200


@bp.route("/<int:meal_id>/endring", methods=["GET", "POST"])
@may("events.organise")
@commits
def change_meal(meal_id: int) -> ResponseReturnValue:
    """Change a meal."""
    meal = queries.get_meal(meal_id)
    form = MealForm(**_shown(meal))
    if form.validate_on_submit():
        try:
            service.change(viewer(), meal_id, _wish(form))
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            flash(N_("Saved."))
            return go(url_for("events.evening", evening_id=meal.evening_id))
    return render_template("meals/change_meal.html", form=form, meal=meal), 422 if form.is_submitted() else 200


@bp.post("/<int:meal_id>/overtaking")
@may("events.organise")
@commits
def handover(meal_id: int) -> ResponseReturnValue:
    """Organise the food from now on."""
    meal = service.take_over(viewer(), meal_id)
    flash(N_("You organise the food now."))
    return go(url_for("events.evening", evening_id=meal.evening_id))


@bp.post("/<int:meal_id>/avlysing")
@may("events.organise")
@commits
def meal_removal(meal_id: int) -> ResponseReturnValue:
    """Let there be no food."""
    evening_id = service.call_off(viewer(), meal_id)
    flash(N_("There will be no food. Those who had said yes are told."))
    return go(url_for("events.evening", evening_id=evening_id))


def _wish(form: MealForm) -> Wish:
    return Wish(
        what=form.text("what"),
        place=form.text("place"),
        at=clock.at_wall(form.day.data, form.at.data),
        deadline=clock.at_wall(form.deadline_day.data, form.deadline.data),
        capacity=form.capacity.data,
        accepts=form.accepts,
    )


def _shown(meal: Meal) -> dict[str, object]:
    at, deadline = clock.wall(meal.at), clock.wall(meal.deadline)
    return {
        "what": meal.what,
        "place": meal.place,
        "day": at.date(),
        "at": at.time(),
        "deadline_day": deadline.date(),
        "deadline": deadline.time(),
        "capacity": meal.capacity,
    }
