"""Who is told of food. In the portal only: no mail goes out for it."""

from __future__ import annotations

from portal.blueprints.events.queries import attendance, finding
from portal.blueprints.meals import queries
from portal.blueprints.meals.facts import MealCalledOff, MealOffered
from portal.blueprints.notifications import service as notifications
from portal.core.facts import on
from portal.core.i18n import N_

notifications.notice_group("meals", N_("Food on evenings you come to"), mail="never")
notifications.notice_kind(
    "meals.offered", group="meals", text=N_("There is food on «%(title)s». Say whether you eat."), icon="pizza"
)
notifications.notice_kind(
    "meals.called_off", group="meals", text=N_("There will be no food on «%(title)s» after all"), icon="pizza"
)


@on(MealOffered)
def tell_of_food(fact: MealOffered) -> None:
    """Tell those who come to the evening."""
    meal = queries.get_meal(fact.meal_id)
    notifications.tell_many(
        [seated.person_id for seated in attendance.seated(meal.evening_id)],
        kind="meals.offered",
        params={"title": meal.evening.title},
        endpoint="meals.meal",
        values={"meal_id": meal.id},
        actor_id=fact.by_id,
        key=f"meal-{meal.id}",
    )


@on(MealCalledOff)
def tell_of_no_food(fact: MealCalledOff) -> None:
    """Tell those who had said that they would eat."""
    notifications.tell_many(
        fact.person_ids,
        kind="meals.called_off",
        params={"title": finding.get_evening(fact.evening_id).title},
        endpoint="events.evening",
        values={"evening_id": fact.evening_id},
        actor_id=fact.by_id,
    )
