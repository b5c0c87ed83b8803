"""What games put onto pages of evenings."""

from __future__ import annotations

from markupsafe import Markup

from portal.blueprints.events.models.evenings import Kind
from portal.blueprints.events.queries.outlooks import EveningPage
from portal.blueprints.games.queries import evenings, plans
from portal.blueprints.games.views import wording
from portal.core import clock
from portal.web.auth import viewer
from portal.web.parts import part_of
from portal.web.templating import piece


@part_of("evening.main", order=10)
def on_the_table(*, page: EveningPage) -> Markup | None:
    """Show the games on the table."""
    if page.evening.kind != Kind.BOARD_GAMES:
        return None
    games = evenings.games_of(viewer(), page.evening)
    has_something = games.is_open or games.on_table
    return piece("games/_card.html", games=games, wording=wording) if has_something else None


@part_of("evening.organiser", order=10)
def table_plan(*, page: EveningPage) -> Markup | None:
    """Let organisers lay the tables."""
    if page.evening.kind != Kind.BOARD_GAMES:
        return None
    plan = plans.find_plan(page.evening.id)
    if plan is None and page.evening.ends_at <= clock.now():
        return None  # there is nothing to lay any more
    return piece("games/_organiser.html", evening=page.evening, plan=plan)


@part_of("together.side", order=50)
def shelf() -> Markup | None:
    """Lead to the shelf."""
    return piece("games/_shelf_card.html")
