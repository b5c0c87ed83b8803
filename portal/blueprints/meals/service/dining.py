"""Eating or not, and what one does not eat."""

from __future__ import annotations

from sqlalchemy import delete

from portal.blueprints.events.queries import attendance, finding
from portal.blueprints.events.service import wishes
from portal.blueprints.meals import queries, rules
from portal.blueprints.meals.models import MOST_GUESTS, OTHER, Diner, KnownNeeds, Meal, context_of
from portal.blueprints.meals.rules import Needs
from portal.blueprints.meals.service import meals, upkeep
from portal.core import clock, sealing
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def eat(viewer: Viewer, meal_id: int, *, guests: int | None = None) -> Diner:
    """Take a plate, and plates for guests; doing it again changes only how many. Who eats must come to the evening."""
    if guests is not None and not 0 <= guests <= MOST_GUESTS:
        raise Invalid(N_("Bring from none to three guests."), field="guests")
    meal = _locked(meal_id)
    if not meal.is_open(clock.now()):
        raise Conflict(N_("The deadline for the food has passed."))
    if not attendance.is_in(viewer.id, meal.evening_id):
        raise NotAllowed(N_("Sign up for the evening first."))
    mine = queries.find_diner(meal.id, viewer.id)
    before = mine.seats if mine else 0
    wanted = 1 + (guests if guests is not None else (mine.guests if mine else 0))
    free = rules.free(meal.capacity, queries.plates(meal.id))
    if free is not None and wanted - before > free:
        raise Conflict(N_("There are not that many plates left."))
    if mine is None:
        mine = Diner(meal_id=meal.id, person_id=viewer.id)
        db.session.add(mine)
    mine.guests = wanted - 1
    db.session.flush()
    meals.publish(meal)
    return mine


def give_up(viewer: Viewer, meal_id: int) -> None:
    """Do not eat after all. It leaves no trace, and twice is harmless."""
    meal = _locked(meal_id)
    if meal.is_over(clock.now()):
        raise Conflict(N_("The food is on the table already."))
    _leave(meal, viewer.id)


def leave_with_evening(evening_id: int, person_id: int) -> None:
    """Give up the plate of somebody who has left the evening."""
    meal = queries.find_of_evening(evening_id)
    if meal:
        _leave(queries.lock_meal(meal.id), person_id)


def clear_table(evening_id: int) -> None:
    """Forget who would have eaten on an evening that is called off."""
    meal = queries.find_of_evening(evening_id)
    if meal:
        for person_id in queries.diners(meal.id):
            _leave(meal, person_id)


def checked(needs: Needs, *, accepts: bool = False) -> Needs:
    """Give what one does not eat with what looks like a patient masked, or refuse it."""
    other = wishes.checked_text(" ".join(needs.other.split()), OTHER, field="other", accepts=accepts)
    return Needs(diets=needs.diets, other=other)


def tell_needs(viewer: Viewer, needs: Needs, *, is_kept: bool = False, accepts: bool = False) -> None:
    """Say what one does not eat. It is sealed; who eats everything leaves nothing behind."""
    needs = checked(needs, accepts=accepts)
    if needs.is_empty:
        forget_needs(viewer)
        return
    sealed = sealing.seal(needs.written(), context=context_of(viewer.id))
    known = queries.find_needs(viewer.id)
    if known is None:
        db.session.add(KnownNeeds(person_id=viewer.id, sealed=sealed, is_kept=is_kept))
    else:
        known.sealed, known.is_kept = sealed, is_kept
    db.session.flush()


def forget_needs(viewer: Viewer) -> None:
    """Forget what one does not eat."""
    db.session.execute(delete(KnownNeeds).where(KnownNeeds.person_id == viewer.id))


def _locked(meal_id: int) -> Meal:
    """Hold the evening first and the meal after, as everything that leaves an evening does."""
    finding.lock_evening(queries.get_meal(meal_id).evening_id)
    return queries.lock_meal(meal_id)


def _leave(meal: Meal, person_id: int) -> None:
    mine = queries.find_diner(meal.id, person_id)
    if mine:
        db.session.delete(mine)
        db.session.flush()
        upkeep.forget_unneeded([person_id])
        meals.publish(meal)
