"""The table plan of an evening: what it is made of, and as a viewer sees it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.queries import attendance
from portal.blueprints.events.queries.attendance import Seated
from portal.blueprints.games.models import BroughtGame, Game, PlanState, SeatPin, TablePin, TablePlan, TableSeat
from portal.blueprints.games.queries import evenings, shelves
from portal.blueprints.games.rules import tables
from portal.blueprints.games.rules.tables import Night, Party, Table, Wish
from portal.core import clock
from portal.core.db import db
from portal.core.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class LaidTable:
    """One table as it is set: the game, and who sits there."""

    game: Game
    names: Sequence[str]
    nameless: int  # those who show no name, and everybody's guests
    is_mine: bool
    knows_it: Sequence[str]  # those of the names who brought it or can teach it

    @property
    def seats(self) -> int:
        """Count those who sit there."""
        return len(self.names) + self.nameless


@dataclass(frozen=True, kw_only=True)
class Around:
    """What lies around a plan: who comes, what is brought, and the organisers' word."""

    coming: Sequence[Seated]
    copies: Sequence[BroughtGame]
    seat_pins: Mapping[int, int]
    table_pins: Mapping[int, bool]
    teachers: Mapping[str, frozenset[int]]


@dataclass(frozen=True, kw_only=True)
class PlanPage:
    """Everything that the page of a table plan shows to a viewer."""

    evening: Evening
    plan: TablePlan | None
    around: Around
    laid: Sequence[LaidTable] = ()
    left_out: int = 0  # of those who come now: what the plan has no place for
    left_out_names: Sequence[str] = ()
    is_old: bool = False  # something has changed since it was laid
    may_pin: Sequence[Seated] = field(default_factory=tuple)

    @property
    def state(self) -> PlanState | None:
        """Tell how far it has come."""
        return PlanState(self.plan.state) if self.plan else None

    @property
    def is_open(self) -> bool:
        """Tell whether it can still be laid."""
        return not self.evening.is_cancelled and clock.now() < self.evening.ends_at


def night(evening_id: int) -> Night:
    """Give what a plan is made of as it is now, and where people sat in the one before."""
    near = around(evening_id)
    return _night(evening_id, near, sat_at=_seats(evening_id, near))


def around(evening_id: int) -> Around:
    """Give what lies around the plan of an evening."""
    copies = evenings.brought(evening_id)
    seats = db.session.execute(select(SeatPin.person_id, SeatPin.game_id).where(SeatPin.evening_id == evening_id))
    games = db.session.execute(select(TablePin.game_id, TablePin.is_open).where(TablePin.evening_id == evening_id))
    return Around(
        coming=attendance.seated(evening_id),
        copies=copies,
        seat_pins={person_id: game_id for person_id, game_id in seats},
        table_pins={game_id: is_open for game_id, is_open in games},
        teachers=shelves.teachers(copy.game.title for copy in copies),
    )


def find_plan(evening_id: int) -> TablePlan | None:
    """Find the plan of an evening."""
    return db.session.get(TablePlan, evening_id)


def lock_plan(evening_id: int) -> TablePlan | None:
    """Find the plan of an evening as it is now, and keep others from writing it until the transaction ends."""
    fresh = select(TablePlan).where(TablePlan.evening_id == evening_id).with_for_update()
    return db.session.scalar(fresh.execution_options(populate_existing=True))


def who_sits(evening_id: int) -> Sequence[int]:
    """Give those who have a place at a table."""
    return db.session.scalars(select(TableSeat.person_id).where(TableSeat.evening_id == evening_id)).all()


def page(viewer: Viewer, evening_id: int) -> PlanPage:
    """Give the plan of an evening; to colleagues once the organisers show it."""
    evening, plan, near = evenings.get_evening(evening_id), find_plan(evening_id), around(evening_id)
    organises = viewer.may("events.organise")
    may_see = plan is not None and (organises or plan.is_shown)
    at = _seats(evening_id, near) if may_see else {}
    missing = [each for each in near.coming if each.person_id not in at] if at else []
    pinnable = [each for each in near.coming if each.name or each.person_id == viewer.id] if organises else []
    return PlanPage(
        evening=evening,
        plan=plan if may_see else None,
        around=near,
        laid=_laid(viewer, near, at),
        left_out=sum(each.seats for each in missing),
        left_out_names=[each.name for each in missing if each.name],
        is_old=organises and plan is not None and bool(plan.night) and plan.night != _digest(evening_id, near),
        may_pin=pinnable,
    )


def _digest(evening_id: int, near: Around) -> str:
    return tables.digest(_night(evening_id, near, sat_at={}))


def _seats(evening_id: int, near: Around) -> dict[int, int]:
    """Give who sits where; at a game that was taken home again nobody does."""
    there = {copy.game_id for copy in near.copies}
    rows = db.session.execute(select(TableSeat.person_id, TableSeat.game_id).where(TableSeat.evening_id == evening_id))
    return {person_id: game_id for person_id, game_id in rows if game_id in there}


def _night(evening_id: int, near: Around, *, sat_at: Mapping[int, int]) -> Night:
    titles: dict[str, list[int]] = defaultdict(list)
    for copy in near.copies:
        titles[copy.game.title].append(copy.game_id)
    wishes: dict[int, dict[int, Wish]] = defaultdict(dict)
    for said in evenings.wishes(evening_id):
        wishes[said.person_id].update(dict.fromkeys(titles[said.title], Wish(said.wish)))
    return Night(
        parties=[
            Party(
                person_id=each.person_id,
                seats=each.seats,
                is_newcomer=each.is_newcomer,
                wishes=wishes.get(each.person_id, {}),
                sat_at=sat_at.get(each.person_id),
            )
            for each in near.coming
        ],
        tables=[_table(copy, near) for copy in near.copies],
        pins={person_id: at for person_id, at in near.seat_pins.items() if _is_there(near, person_id, at)},
    )


def _is_there(near: Around, person_id: int, game_id: int) -> bool:
    comes = any(each.person_id == person_id for each in near.coming)
    return comes and any(copy.game_id == game_id for copy in near.copies)


def _table(copy: BroughtGame, near: Around) -> Table:
    return Table(
        id=copy.game_id,
        players_min=copy.game.players_min,
        players_max=copy.game.players_max,
        players_best=copy.game.players_best,
        brought_by=copy.person_id,
        teachers=near.teachers.get(copy.game.title, frozenset()),
        is_open=near.table_pins.get(copy.game_id),
    )


def _laid(viewer: Viewer, near: Around, at: Mapping[int, int]) -> list[LaidTable]:
    sitting: dict[int, list[Seated]] = defaultdict(list)
    for each in near.coming:
        if each.person_id in at:
            sitting[at[each.person_id]].append(each)
    return [_laid_table(viewer, copy, near, sitting[copy.game_id]) for copy in near.copies if sitting[copy.game_id]]


def _laid_table(viewer: Viewer, copy: BroughtGame, near: Around, sitting: Sequence[Seated]) -> LaidTable:
    knows_it = near.teachers.get(copy.game.title, frozenset()) | {copy.person_id}
    names = [each.name for each in sitting if each.name]
    return LaidTable(
        game=copy.game,
        names=names,
        nameless=sum(each.seats for each in sitting) - len(names),
        is_mine=any(each.person_id == viewer.id for each in sitting),
        knows_it=[each.name for each in sitting if each.name and each.person_id in knows_it],
    )
