"""Meals as a viewer sees them: one's own needs, and totals for whoever organises the meal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.meals import rules
from portal.blueprints.meals.models import Diner, KnownNeeds, Meal
from portal.blueprints.meals.rules import Needs, Totals
from portal.core import clock, sealing
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Table:
    """A meal as a viewer sees it: how many eat, and whether they do."""

    meal: Meal
    plates: int
    mine: Diner | None

    @property
    def is_open(self) -> bool:
        """Tell whether one can still say that one eats."""
        return self.meal.is_open(clock.now())

    @property
    def is_over(self) -> bool:
        """Tell whether it is too late to say anything."""
        return self.meal.is_over(clock.now())

    @property
    def is_full(self) -> bool:
        """Tell whether every plate is taken."""
        return rules.free(self.meal.capacity, self.plates) == 0


def find_of_evening(evening_id: int) -> Meal | None:
    """Find the food of an evening."""
    return db.session.scalar(_meals().where(Meal.evening_id == evening_id))


def get_meal(meal_id: int) -> Meal:
    """Give a meal with its evening."""
    meal = db.session.scalar(_meals().where(Meal.id == meal_id))
    if meal is None:
        raise NotFound(N_("That meal is not here."))
    return meal


def lock_meal(meal_id: int) -> Meal:
    """Give a meal as it is now, and keep others from taking its plates until the transaction ends."""
    fresh = select(Meal).where(Meal.id == meal_id).with_for_update(of=Meal)
    meal = db.session.scalar(fresh.execution_options(populate_existing=True))
    if meal is None:
        raise NotFound(N_("That meal is not here."))
    return meal


def table(viewer: Viewer, meal: Meal) -> Table:
    """Give a meal with the viewer's own part in it: one question for both."""
    rows = list(db.session.scalars(select(Diner).where(Diner.meal_id == meal.id)))
    mine = next((diner for diner in rows if diner.person_id == viewer.id), None)
    return Table(meal=meal, plates=sum(diner.seats for diner in rows), mine=mine)


def plates(meal_id: int) -> int:
    """Count the plates that are taken."""
    return db.session.scalar(select(func.coalesce(func.sum(1 + Diner.guests), 0)).where(Diner.meal_id == meal_id)) or 0


def find_diner(meal_id: int, person_id: int) -> Diner | None:
    """Find somebody's place at the table."""
    return db.session.get(Diner, (meal_id, person_id), populate_existing=True)


def diners(meal_id: int) -> Sequence[int]:
    """Give who eats, for telling them that there will be no food; nobody is shown it."""
    return db.session.scalars(select(Diner.person_id).where(Diner.meal_id == meal_id).order_by(Diner.person_id)).all()


def find_needs(person_id: int) -> KnownNeeds | None:
    """Find what is kept of a person's needs, sealed as it is."""
    return db.session.get(KnownNeeds, person_id, populate_existing=True)


def my_needs(viewer: Viewer) -> Needs:
    """Give one's own needs."""
    known = find_needs(viewer.id)
    return _opened(known) if known else Needs()


def may_see_totals(viewer: Viewer, meal: Meal) -> bool:
    """Tell whether a viewer gets the totals: whoever organises this meal, and nobody else."""
    return meal.organiser_id == viewer.id and viewer.may("events.organise")


def find_totals(viewer: Viewer, meal: Meal) -> Totals | None:
    """Give what the kitchen needs to know, once the deadline has passed.

    Not sooner: whoever watched the totals grow with each sign-up would know whose they are.
    """
    if not may_see_totals(viewer, meal) or clock.now() < meal.deadline:
        return None
    of_diners = select(KnownNeeds).join(Diner, Diner.person_id == KnownNeeds.person_id)
    found = db.session.scalars(of_diners.where(Diner.meal_id == meal.id))
    return rules.totals(_opened(each) for each in found)


def over_before(moment: datetime) -> Sequence[int]:
    """Give the ids of the meals that were eaten before a moment and still have who ate."""
    has_diners = select(Diner.meal_id).where(Diner.meal_id == Meal.id).exists()
    return db.session.scalars(select(Meal.id).where(Meal.at < moment, has_diners)).all()


def export_needs(person_id: int) -> list[dict[str, Any]]:
    """Give a person's own needs, for the export of their data."""
    known = find_needs(person_id)
    if known is None:
        return []
    try:
        needs = _opened(known)
    except sealing.Unreadable:  # a key is lost: the rest is given all the same
        return [{"diets": None, "other": None, "is_kept_until_next_time": known.is_kept}]
    return [{"diets": sorted(needs.diets), "other": needs.other, "is_kept_until_next_time": known.is_kept}]


def export_meals(person_id: int) -> list[dict[str, Any]]:
    """Give the meals that a person has said yes to, for the export of their data."""
    query = select(Diner, Meal).join(Meal).where(Diner.person_id == person_id).order_by(Meal.at)
    eaten = [{"what": meal.what, "at": meal.at, "guests": diner.guests} for diner, meal in db.session.execute(query)]
    organised = db.session.scalars(select(Meal).where(Meal.organiser_id == person_id).order_by(Meal.at))
    return eaten + [{"organises": meal.what, "at": meal.at} for meal in organised]


def _opened(known: KnownNeeds) -> Needs:
    return Needs.read(sealing.open_sealed(known.sealed, context=known.context))


def _meals() -> Select[Meal]:
    return select(Meal).options(
        joinedload(Meal.evening).joinedload(Evening.series), joinedload(Meal.organiser, innerjoin=False)
    )
