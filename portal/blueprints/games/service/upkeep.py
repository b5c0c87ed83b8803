"""What is forgotten by itself, and what a person takes along or takes away."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from portal.blueprints.games.models import (
    BroughtGame,
    Game,
    GameWish,
    SeatPin,
    TablePin,
    TablePlan,
    TableSeat,
    Teaches,
)
from portal.blueprints.games.queries import evenings, shelves
from portal.core import clock, privacy
from portal.core.db import db
from portal.core.i18n import N_

STAYS = timedelta(days=7)
OF_AN_EVENING = (GameWish, BroughtGame, TableSeat, SeatPin, TablePin, TablePlan)


def forget() -> None:
    """Forget who brought, wished for and played what, a week after the evening."""
    over = evenings.ended_before(clock.now() - STAYS)
    for table in OF_AN_EVENING:
        db.session.execute(delete(table).where(table.evening_id.in_(over)))


def erase_shelf(person_id: int) -> None:
    """Take away a person's games, and what they can teach."""
    db.session.execute(delete(Game).where(Game.owner_id == person_id))
    db.session.execute(delete(Teaches).where(Teaches.person_id == person_id))


def erase_wishes(person_id: int) -> None:
    """Take away what a person wished for and brought, and where they sit."""
    for table in (GameWish, BroughtGame, TableSeat, SeatPin):
        db.session.execute(delete(table).where(table.person_id == person_id))


privacy.register(
    "games",
    what=N_("The board games on your shelf, and the games that you can teach"),
    seen_by=N_("Colleagues, with your name; at an evening your name stands there only if you come under your name."),
    kept=N_("Until you take the game away or your account is erased."),
    tables=("game", "teaches"),
    export=shelves.export_shelf,
    erase=erase_shelf,
)
privacy.register(
    "games",
    what=N_("Which games you bring to an evening, what you would like to play there, and at which table you sit"),
    seen_by=N_(
        "What you would like to play, nobody: it is counted together by game. What you bring and where you sit, "
        "colleagues see as you have chosen to be shown that evening."
    ),
    kept=N_("Until a week after the evening, or until you leave it."),
    tables=("brought_game", "game_wish", "table_seat", "seat_pin"),
    export=evenings.export_wishes,
    erase=erase_wishes,
)
