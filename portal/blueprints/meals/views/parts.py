"""What food adds to the page of an evening."""

from __future__ import annotations

from flask import g
from markupsafe import Markup

from portal.blueprints.events.queries.outlooks import EveningPage
from portal.blueprints.meals import queries
from portal.blueprints.meals.models import Meal
from portal.blueprints.meals.views import wording
from portal.core import clock
from portal.web.auth import viewer
from portal.web.parts import part_of
from portal.web.templating import piece


@part_of("evening.side", order=40)
def food(*, page: EveningPage) -> Markup | None:
    """Show the food, and let one say whether one eats."""
    meal = _meal_of(page)
    if meal is None or page.evening.is_cancelled:
        return None
    mine = page.outlook.mine
    table = queries.table(viewer(), meal)
    return piece("meals/_card.html", table=table, meal=meal, is_in=mine is not None and mine.is_in)


@part_of("evening.organiser", order=40)
def kitchen(*, page: EveningPage) -> Markup | None:
    """Let organisers offer food, and show the totals to whoever organises it."""
    if page.evening.is_cancelled:
        return None
    meal = _meal_of(page)
    if meal is None:
        is_open = not page.evening.has_begun(clock.now())
        return piece("meals/_offer.html", evening=page.evening) if is_open else None
    return piece(
        "meals/_kitchen.html",
        meal=meal,
        table=queries.table(viewer(), meal),
        organises=queries.may_see_totals(viewer(), meal),
        totals=queries.find_totals(viewer(), meal),
        wording=wording,
    )


def _meal_of(page: EveningPage) -> Meal | None:
    """Ask once for both parts of a page."""
    known: dict[int, Meal | None] = g.setdefault("meals_of_evenings", {})
    if page.evening.id not in known:
        known[page.evening.id] = queries.find_of_evening(page.evening.id)
    return known[page.evening.id]


@part_of("me.side", order=30)
def needs_card() -> Markup:
    """Lead from one's own page to what one does not eat."""
    return piece("meals/_me.html")
