"""The shelf: who has which games, and who can teach them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal.blueprints.games.models import Game, Teaches
from portal.blueprints.games.rules import shelf
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.paging import Page, keyset
from portal.core.viewer import Viewer

PAGE_SIZE = 48


@dataclass(frozen=True, kw_only=True)
class Look:
    """What somebody looks for on the shelf."""

    text: str = ""
    players: int | None = None
    is_mine: bool = False


def page(viewer: Viewer, look: Look, *, cursor: str | None = None) -> Page[Game]:
    """Give a page of the shelf by name; the copies of a game stand side by side."""
    query = select(Game).options(joinedload(Game.owner))
    if look.is_mine:
        query = query.where(Game.owner_id == viewer.id)
    if look.players:
        query = query.where(Game.players_min <= look.players, Game.players_max >= look.players)
    if look.text:
        query = query.where(Game.title.contains(shelf.folded(look.text), autoescape=True))
    return keyset(query, Game.title, Game.id, cursor=cursor, size=PAGE_SIZE, newest_first=False)


def count(viewer: Viewer) -> tuple[int, int]:
    """Count the games that there are, and the viewer's own."""
    own = func.count().filter(Game.owner_id == viewer.id)
    every, mine = db.session.execute(select(func.count(), own).select_from(Game)).one()
    return every, mine


def get_game(game_id: int) -> Game:
    """Give a game with its owner."""
    game = db.session.scalar(select(Game).options(joinedload(Game.owner)).where(Game.id == game_id))
    if game is None:
        raise NotFound(N_("That game is not on the shelf."))
    return game


def own_games(person_id: int) -> Sequence[Game]:
    """Give a person's games by name."""
    return db.session.scalars(_of(person_id).order_by(Game.title)).all()


def own_by_title(person_id: int) -> dict[str, Game]:
    """Give a person's games by what copies of the same game share."""
    return {game.title: game for game in own_games(person_id)}


def at_hand(person_id: int) -> Sequence[Game]:
    """Give the games that a person can bring: their own, and those that stand at work."""
    at_hand = select(Game).where(or_(Game.owner_id == person_id, Game.owner_id.is_(None)))
    return db.session.scalars(at_hand.order_by(Game.owner_id.is_(None), Game.title, Game.id)).all()


def find_copy(owner_id: int, title: str) -> Game | None:
    """Find a person's copy of a game."""
    return db.session.scalar(_of(owner_id).where(Game.title == title))


def teachers(titles: Iterable[str]) -> Mapping[str, frozenset[int]]:
    """Give who can teach each of these games."""
    found: dict[str, set[int]] = defaultdict(set)
    query = select(Teaches.title, Teaches.person_id).where(Teaches.title.in_(set(titles)))
    for title, person_id in db.session.execute(query):
        found[title].add(person_id)
    return {title: frozenset(people) for title, people in found.items()}


def taught_by(person_id: int) -> frozenset[str]:
    """Give the games that a person can teach."""
    return frozenset(db.session.scalars(select(Teaches.title).where(Teaches.person_id == person_id)))


def export_shelf(person_id: int) -> dict[str, Any]:
    """Give a person's games and what they can teach, for the export of their data."""
    names = ("name", "players_min", "players_max", "players_best", "minutes", "language", "rules_url", "notes")
    own = [{name: getattr(game, name) for name in names} for game in own_games(person_id)]
    return {"games": own, "can_teach": sorted(taught_by(person_id))}


def _of(person_id: int) -> Select[Game]:
    return select(Game).where(Game.owner_id == person_id)
