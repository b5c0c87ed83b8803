"""Meals: planned, changed, handed over and called off by organisers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.queries import finding
from portal.blueprints.events.service import wishes
from portal.blueprints.meals import queries
from portal.blueprints.meals.facts import MealCalledOff, MealOffered
from portal.blueprints.meals.models import PLACE, WHAT, Meal
from portal.blueprints.meals.service import upkeep
from portal.core import audit, clock, live
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

FURTHEST = timedelta(hours=12)  # from the evening to the food, before or after


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Food as an organiser wants it. `accepts`: no number in it is an identity number."""

    what: str
    at: datetime
    deadline: datetime
    place: str = ""
    capacity: int | None = None
    accepts: bool = False


def plan(viewer: Viewer, evening_id: int, wish: Wish) -> Meal:
    """Offer food on an evening; those who come are told. A form that is sent twice makes one meal."""
    wishes.check_organiser(viewer)
    what, place = _words(wish)
    evening = finding.lock_evening(evening_id)
    _check(wish, evening)
    known = queries.find_of_evening(evening_id)
    if known and known.organiser_id == viewer.id and known.what == what:
        return known
    if known:
        raise Conflict(N_("There is food on that evening already."))
    meal = Meal(
        evening_id=evening.id,
        evening=evening,
        what=what,
        place=place,
        at=wish.at,
        deadline=wish.deadline,
        capacity=wish.capacity,
        evening_starts_at=evening.starts_at,
        organiser_id=viewer.id,
    )
    db.session.add(meal)
    db.session.flush()
    audit.note(viewer.id, "meals.plan", meal_id=meal.id)
    record(MealOffered(meal_id=meal.id, by_id=viewer.id))
    publish(meal)
    return meal


def change(viewer: Viewer, meal_id: int, wish: Wish) -> Meal:
    """Change a meal. Fewer plates throw nobody out."""
    wishes.check_organiser(viewer)
    what, place = _words(wish)
    evening = finding.lock_evening(queries.get_meal(meal_id).evening_id)
    meal = queries.lock_meal(meal_id)
    is_closed = meal.deadline <= clock.now()
    if is_closed and wish.deadline != meal.deadline:
        # Opened and closed again and again, the totals would tell who has come in between.
        raise Conflict(N_("The deadline has passed, so it stays as it is."))
    if (wish.at, wish.deadline) != (meal.at, meal.deadline):
        _check(wish, evening, is_closed=is_closed)
    meal.what, meal.place, meal.capacity = what, place, wish.capacity
    meal.at, meal.deadline, meal.evening_starts_at = wish.at, wish.deadline, evening.starts_at
    audit.note(viewer.id, "meals.change", meal_id=meal.id)
    publish(meal)
    return meal


def take_over(viewer: Viewer, meal_id: int) -> Meal:
    """Organise the food from now on, and see the totals; whoever did before sees them no more."""
    wishes.check_organiser(viewer)
    meal = queries.lock_meal(meal_id)
    if meal.organiser_id != viewer.id:
        meal.organiser_id = viewer.id
        audit.note(viewer.id, "meals.take_over", meal_id=meal.id)
        publish(meal)
    return meal


def call_off(viewer: Viewer, meal_id: int) -> int:
    """Let there be no food; give the evening it was for. Those who had said yes are told."""
    wishes.check_organiser(viewer)
    evening_id = queries.get_meal(meal_id).evening_id
    finding.lock_evening(evening_id)
    meal = queries.lock_meal(meal_id)
    diners = queries.diners(meal.id)
    publish(meal)
    db.session.execute(delete(Meal).where(Meal.id == meal.id))
    upkeep.forget_unneeded(diners)
    audit.note(viewer.id, "meals.call_off", meal_id=meal_id)
    record(MealCalledOff(evening_id=evening_id, by_id=viewer.id, person_ids=tuple(diners)))
    return evening_id


def follow_evening(evening_id: int) -> None:
    """Let the food move along with its evening. Calling again moves nothing."""
    meal = queries.find_of_evening(evening_id)
    if meal:
        meal = queries.lock_meal(meal.id)
        meal.follow(finding.get_evening(evening_id).starts_at, clock.now())
        publish(meal)


def publish(meal: Meal) -> None:
    """Tell the open pages that a meal or its headcount has changed."""
    live.publish(f"meal-{meal.id}")


def _words(wish: Wish) -> tuple[str, str]:
    what = " ".join(wish.what.split())
    if not what:
        raise Invalid(N_("Say what there is to eat, such as pizza."), field="what")
    place = " ".join(wish.place.split())
    return (
        wishes.checked_text(what, WHAT, field="what", accepts=wish.accepts),
        wishes.checked_text(place, PLACE, field="place", accepts=wish.accepts),
    )


def _check(wish: Wish, evening: Evening, *, is_closed: bool = False) -> None:
    if evening.is_cancelled:
        raise Conflict(N_("This evening is called off."))
    wishes.check_seats(capacity=wish.capacity, seats=None)
    if wish.at <= clock.now():
        raise Invalid(N_("Choose a time that is still to come."), field="at")
    if not evening.starts_at - FURTHEST <= wish.at <= evening.ends_at + FURTHEST:
        raise Invalid(N_("Eat on the same evening, or within twelve hours of it."), field="at")
    if not (is_closed or clock.now() < wish.deadline <= wish.at):
        raise Invalid(N_("The deadline must be still to come, and before the food."), field="deadline")
