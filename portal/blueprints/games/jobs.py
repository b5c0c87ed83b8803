"""What happens by itself: tables are laid, and evenings that are over are forgotten."""

from __future__ import annotations

from datetime import time, timedelta

from portal.blueprints.events.facts import GaveUp
from portal.blueprints.games.rules import solving
from portal.blueprints.games.service import evenings, plans, upkeep
from portal.core.facts import on
from portal.core.jobs import Steps, daily, job


@job("games.lay", deadline=timedelta(seconds=90))
def lay(evening_id: int) -> Steps:
    """Lay the tables of an evening. The search stands outside transactions: it may take a moment."""
    night = plans.find_night_to_lay(evening_id)
    if night is None:
        return
    found = yield lambda: solving.lay(night)
    plans.write(evening_id, night, found)


@job("games.forget")
@daily(time(4, 50))
def forget() -> None:
    """Forget the games of evenings that are over for a week."""
    upkeep.forget()


@on(GaveUp)
def let_go(fact: GaveUp) -> None:
    """Forget what somebody brings and wishes for who does not come after all."""
    evenings.forget(fact.evening_id, fact.person_id)
