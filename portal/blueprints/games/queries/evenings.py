"""The games of an evening: what is on the table, who brings it, who can teach it, and how many would like it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.queries import attendance, finding
from portal.blueprints.events.queries.attendance import Seated
from portal.blueprints.games.models import BroughtGame, Game, GameWish, TablePlan, TableSeat
from portal.blueprints.games.queries import shelves
from portal.blueprints.games.rules.tables import Wish
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class OnTable:
    """One game of an evening, in however many copies."""

    game: Game
    copies: int
    liked_by: int  # so many would love or like to play it; who they are nobody sees
    brought_by: Sequence[str]  # those who bring it and show their name
    taught_by: Sequence[str]
    has_teacher: bool
    my_wish: Wish | None = None
    i_teach: bool = False
    i_bring: bool = False


@dataclass(frozen=True, kw_only=True)
class Games:
    """Everything that the page of an evening's games shows to a viewer."""

    evening: Evening
    on_table: Sequence[OnTable]
    is_in: bool
    mine: Sequence[Game] = ()  # what the viewer brings
    at_hand: Sequence[Game] = ()  # what the viewer can bring and nobody has yet
    plan: TablePlan | None = None
    my_table: Game | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether wishes and games still count for anything."""
        return not self.evening.is_cancelled and clock.now() < self.evening.ends_at


def get_evening(evening_id: int) -> Evening:
    """Give an evening of board games; to others there is no such page."""
    evening = finding.get_evening(evening_id)
    if evening.kind != Kind.BOARD_GAMES:
        raise NotFound(N_("That evening is not here."))
    return evening


def games(viewer: Viewer, evening_id: int) -> Games:
    """Give the games of an evening, with what the viewer can bring."""
    evening, copies = get_evening(evening_id), brought(evening_id)
    found = _games(viewer, evening, copies)
    if not found.is_in:
        return found
    taken = {each.game_id: each.person_id for each in copies}
    at_hand = shelves.at_hand(viewer.id)
    return replace(
        found,
        mine=[game for game in at_hand if taken.get(game.id) == viewer.id],
        at_hand=[game for game in at_hand if game.id not in taken],
    )


def games_of(viewer: Viewer, evening: Evening) -> Games:
    """Give the games of an evening that is at hand."""
    return _games(viewer, evening, brought(evening.id))


def _games(viewer: Viewer, evening: Evening, copies: Sequence[BroughtGame]) -> Games:
    coming = attendance.seated(evening.id)
    plan = db.session.get(TablePlan, evening.id)
    return Games(
        evening=evening,
        on_table=_on_table(viewer, evening.id, copies, coming),
        is_in=any(each.person_id == viewer.id for each in coming),
        plan=plan,
        my_table=_find_my_table(viewer, evening.id) if plan and plan.is_shown else None,
    )


def brought(evening_id: int) -> Sequence[BroughtGame]:
    """Give the copies that are brought to an evening, by name."""
    query = select(BroughtGame).join(BroughtGame.game).options(contains_eager(BroughtGame.game))
    return db.session.scalars(query.where(BroughtGame.evening_id == evening_id).order_by(Game.title, Game.id)).all()


def find_brought(evening_id: int, game_id: int) -> BroughtGame | None:
    """Find a copy among those that are brought."""
    return db.session.get(BroughtGame, (evening_id, game_id))


def wishes(evening_id: int) -> Sequence[GameWish]:
    """Give all wishes of an evening: for the table plan, and for counting."""
    return db.session.scalars(select(GameWish).where(GameWish.evening_id == evening_id)).all()


def ended_before(moment: datetime) -> Sequence[int]:
    """Give the evenings that ended before a moment and of which wishes or plans are kept."""
    query = select(Evening.id).where(Evening.ends_at < moment, Evening.kind == Kind.BOARD_GAMES)
    kept = (select(table.evening_id) for table in (GameWish, TablePlan, BroughtGame))
    has_some = [Evening.id.in_(each) for each in kept]
    return db.session.scalars(query.where(has_some[0] | has_some[1] | has_some[2])).all()


def export_wishes(person_id: int) -> list[dict[str, Any]]:
    """Give a person's wishes, for the export of their data."""
    query = select(GameWish).options(joinedload(GameWish.evening)).where(GameWish.person_id == person_id)
    found = db.session.scalars(query.order_by(GameWish.evening_id, GameWish.title))
    return [{"starts_at": each.evening.starts_at, "game": each.title, "wish": each.wish} for each in found]


def _find_my_table(viewer: Viewer, evening_id: int) -> Game | None:
    mine = select(Game).join(TableSeat, TableSeat.game_id == Game.id)
    return db.session.scalar(mine.where(TableSeat.evening_id == evening_id, TableSeat.person_id == viewer.id))


def _on_table(
    viewer: Viewer, evening_id: int, copies: Sequence[BroughtGame], coming: Sequence[Seated]
) -> list[OnTable]:
    by_title: dict[str, list[BroughtGame]] = {}
    for copy in copies:
        by_title.setdefault(copy.game.title, []).append(copy)
    if not by_title:
        return []
    known = shelves.teachers(by_title)
    here = {each.person_id: each.name for each in coming}
    said = [wish for wish in wishes(evening_id) if wish.person_id in here]
    likes = Counter(wish.title for wish in said if wish.wish != Wish.RATHER_NOT)
    mine = {wish.title: Wish(wish.wish) for wish in said if wish.person_id == viewer.id}
    return [
        OnTable(
            game=some[0].game,
            copies=len(some),
            liked_by=likes[title],
            brought_by=_names((copy.person_id for copy in some), here),
            taught_by=_names(known.get(title, ()), here),
            has_teacher=any(person_id in here for person_id in known.get(title, ())),
            my_wish=mine.get(title),
            i_teach=viewer.id in known.get(title, ()),
            i_bring=any(copy.person_id == viewer.id for copy in some),
        )
        for title, some in by_title.items()
    ]


def _names(person_ids: Any, here: Mapping[int, str | None]) -> list[str]:
    return sorted({name for person_id in person_ids if (name := here.get(person_id))})
