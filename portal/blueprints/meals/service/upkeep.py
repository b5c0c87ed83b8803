"""Forgetting: what one does not eat is gone the day after the meal; and what is held of a person, given and erased."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time, timedelta

from sqlalchemy import delete, select, update

from portal.blueprints.meals import queries
from portal.blueprints.meals.models import Diner, KnownNeeds, Meal
from portal.core import clock, privacy
from portal.core.db import db
from portal.core.i18n import N_


def forget_yesterday() -> None:
    """Forget who ate before today, and what they do not eat, unless they wanted it kept. Calling again is harmless.

    The day of a meal ends at five in the morning: some eat after midnight.
    """
    day_begins = clock.at_wall(clock.wall(clock.now() - timedelta(hours=5)).date(), time(5))
    eaten = queries.over_before(day_begins)
    db.session.execute(delete(Diner).where(Diner.meal_id.in_(eaten)))
    forget_unneeded()


def forget_unneeded(person_ids: Iterable[int] | None = None) -> None:
    """Delete the needs of those who have no meal ahead and did not ask to have them kept."""
    eats = select(Diner.person_id).join(Meal)
    unneeded = delete(KnownNeeds).where(KnownNeeds.is_kept.is_(False), KnownNeeds.person_id.not_in(eats))
    if person_ids is not None:
        unneeded = unneeded.where(KnownNeeds.person_id.in_(list(person_ids)))
    db.session.execute(unneeded)


def forget_person(person_id: int) -> None:
    """Forget what a person does not eat, kept or not."""
    db.session.execute(delete(KnownNeeds).where(KnownNeeds.person_id == person_id))


def _erase_plates(person_id: int) -> None:
    db.session.execute(delete(Diner).where(Diner.person_id == person_id))
    db.session.execute(update(Meal).where(Meal.organiser_id == person_id).values(organiser_id=None))


privacy.register(
    "meals",
    what=N_("What you do not eat: diets and allergies, sealed"),
    seen_by=N_("You. Whoever organises a meal you eat at sees totals without names, once the deadline has passed."),
    kept=N_("Until the day after the last meal you have said yes to, or until next time if you choose that."),
    tables=("diet",),
    export=queries.export_needs,
    erase=forget_person,
)
privacy.register(
    "meals",
    what=N_("Which meals you have said yes to, and with how many guests"),
    seen_by=N_("You. Colleagues see how many eat, never who."),
    kept=N_("Until you change your mind, or until the day after the meal."),
    tables=("diner", "meal.organiser_id"),
    export=queries.export_meals,
    erase=_erase_plates,
)
