"""The table plan: asked for by an organiser, laid by a job, and shown to all when the organiser wants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.games.facts import TablesShown
from portal.blueprints.games.models import PlanState, SeatPin, TablePin, TablePlan, TableSeat
from portal.blueprints.games.queries import evenings, plans
from portal.blueprints.games.rules import tables
from portal.blueprints.games.rules.solving import Impossible, Laid
from portal.blueprints.games.rules.tables import Night
from portal.blueprints.games.service import evenings as evening_service
from portal.blueprints.games.service import rows
from portal.core import audit, clock, jobs, live
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

LAY = "games.lay"


def ask(
    viewer: Viewer,
    evening_id: int,
    *,
    seat_pins: Mapping[int, int] | None = None,
    table_pins: Mapping[int, bool] | None = None,
) -> None:
    """Have the tables laid, by the organiser's word where there is one; None leaves that as it was."""
    evening = _get_for_organiser(viewer, evening_id)
    evening_service.must_be_open(evening)
    if seat_pins is not None or table_pins is not None:
        _pin(viewer, evening_id, seat_pins or {}, table_pins or {})
    known = plans.find_plan(evening_id)
    if known is None:
        rows.put(
            TablePlan, evening_id=evening_id, state=PlanState.WANTED, is_shown=False, is_proven=True, why={}, night=""
        )
    else:
        known.state = PlanState.WANTED
    jobs.enqueue(LAY, key=f"{LAY}:{evening_id}", evening_id=evening_id)
    audit.note(viewer.id, "games.lay_plan", evening_id=evening_id)
    _publish(evening_id)


def show(viewer: Viewer, evening_id: int, *, shown: bool) -> None:
    """Let all who look at the evening see the plan, or take it back."""
    evening = _get_for_organiser(viewer, evening_id)
    plan = plans.lock_plan(evening_id)
    if plan is None:
        raise NotFound(N_("There is no table plan for that evening."))
    if shown and plan.laid_at is None:
        raise Conflict(N_("The tables are being laid. Wait a moment."))
    was_shown, plan.is_shown = plan.is_shown, shown
    db.session.flush()
    if shown:
        audit.note(viewer.id, "games.show_plan", evening_id=evening_id)
        if not was_shown:
            record(TablesShown(evening_id=evening_id, by_id=viewer.id))
    else:
        audit.note(viewer.id, "games.hide_plan", evening_id=evening_id)
    evening_service.publish(evening)
    _publish(evening_id)


def find_night_to_lay(evening_id: int) -> Night | None:
    """Find what a plan that is wanted is made of."""
    plan = plans.find_plan(evening_id)
    return plans.night(evening_id) if plan is not None and plan.state == PlanState.WANTED else None


def write(evening_id: int, night: Night, found: Laid | Impossible) -> None:
    """Write down what was found."""
    plan = plans.lock_plan(evening_id)
    if plan is None:
        return
    nearest = found if isinstance(found, Laid) else found.nearest
    plan.state = PlanState.LAID if isinstance(found, Laid) else PlanState.IMPOSSIBLE
    plan.why = {} if isinstance(found, Laid) else _why(found)
    plan.is_proven = nearest is None or nearest.is_proven
    plan.night, plan.laid_at = tables.digest(night), clock.now()
    db.session.execute(delete(TableSeat).where(TableSeat.evening_id == evening_id))
    seats = _seats(evening_id, nearest)
    if seats:
        db.session.execute(insert(TableSeat), seats)
    _publish(evening_id)
    live.publish(f"evening-{evening_id}")


def _why(found: Impossible) -> dict[str, Any]:
    return {
        "trouble": found.why.trouble,
        "has": found.why.has,
        "needs": found.why.needs,
        "game_id": found.why.table_id,
        "left_out": found.nearest.worth.left_out if found.nearest else 0,
        "is_unpinned": found.nearest_is_unpinned,
        "works_unpinned": found.works_unpinned,
        "people_more": found.people_more,
    }


def _seats(evening_id: int, found: Laid | None) -> list[dict[str, int]]:
    """Give who sits where, but for those who have gone while the search went on."""
    now = plans.night(evening_id)
    people, games = {party.person_id for party in now.parties}, {table.id for table in now.tables}
    return [
        {"evening_id": evening_id, "person_id": person_id, "game_id": game_id}
        for person_id, game_id in (found.plan if found else {}).items()
        if person_id in people and game_id in games
    ]


def _pin(viewer: Viewer, evening_id: int, seats: Mapping[int, int], games: Mapping[int, bool]) -> None:
    near = plans.around(evening_id)
    there = {copy.game_id for copy in near.copies}
    nameable = {each.person_id for each in near.coming if each.name or each.person_id == viewer.id}
    if not ({*seats.values(), *games} <= there and set(seats) <= nameable):
        raise Invalid(N_("Somebody or some game has gone meanwhile. Look once more."))
    db.session.execute(delete(SeatPin).where(SeatPin.evening_id == evening_id, SeatPin.person_id.in_(nameable)))
    db.session.execute(delete(TablePin).where(TablePin.evening_id == evening_id))
    for person_id, game_id in seats.items():
        rows.put(SeatPin, evening_id=evening_id, person_id=person_id, game_id=game_id)
    for game_id, is_open in games.items():
        rows.put(TablePin, evening_id=evening_id, game_id=game_id, is_open=is_open)


def _get_for_organiser(viewer: Viewer, evening_id: int) -> Evening:
    if not viewer.may("events.organise"):
        raise NotAllowed(N_("This is not open to you."))
    return evenings.get_evening(evening_id)


def _publish(evening_id: int) -> None:
    live.publish(f"tables-{evening_id}")
