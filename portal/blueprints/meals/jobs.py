"""What happens by itself: the food follows its evening, and what was said about it is forgotten."""

from __future__ import annotations

from datetime import time

from portal.blueprints.events.facts import EveningCancelled, EveningMoved, GaveUp
from portal.blueprints.meals.service import dining, meals, upkeep
from portal.blueprints.people.facts import PersonLeft
from portal.core.facts import on
from portal.core.jobs import daily, job


@job("meals.forget")
@daily(time(5, 5))
def forget() -> None:
    """Forget who ate yesterday and what they do not eat."""
    upkeep.forget_yesterday()


@on(EveningMoved)
def move_along(fact: EveningMoved) -> None:
    """Move the food with its evening."""
    meals.follow_evening(fact.evening_id)


@on(EveningCancelled)
def clear_table(fact: EveningCancelled) -> None:
    """No evening, no food."""
    dining.clear_table(fact.evening_id)


@on(GaveUp)
def leave_table(fact: GaveUp) -> None:
    """Who leaves the evening leaves the table."""
    dining.leave_with_evening(fact.evening_id, fact.person_id)


@on(PersonLeft)
def forget_needs(fact: PersonLeft) -> None:
    """Forget what somebody does not eat who has left the desk, also what was to be kept for next time."""
    upkeep.forget_person(fact.person_id)
