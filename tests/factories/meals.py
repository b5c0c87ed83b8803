"""Food for tests."""

from __future__ import annotations

from datetime import timedelta

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.meals.models import Diner, Meal
from portal.blueprints.meals.service import meals
from portal.blueprints.meals.service.meals import Wish
from portal.blueprints.people.models import Person
from portal.core.db import db


def meal_wish(evening: Evening, **values: object) -> Wish:
    """Wish for pizza after an evening, with a deadline the day before."""
    wanted = {
        "what": "Pizza på Pergola",
        "place": "Nedre Korskirkeallmenningen",
        "at": evening.ends_at,
        "deadline": evening.starts_at - timedelta(days=1),
        **values,
    }
    return Wish(**wanted)  # type: ignore[arg-type]


def make_meal(organiser: Person, evening: Evening, **values: object) -> Meal:
    """Offer pizza after an evening."""
    return meals.plan(organiser, evening.id, meal_wish(evening, **values))


def make_diner(meal: Meal, person: Person, *, guests: int = 0) -> Diner:
    """Let somebody eat, without asking whether they may."""
    diner = Diner(meal_id=meal.id, person_id=person.id, guests=guests)
    db.session.add(diner)
    db.session.flush()
    return diner
