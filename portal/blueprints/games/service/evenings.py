"""The games of an evening: brought along, taken home, wished for."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.queries import attendance
from portal.blueprints.games.models import BroughtGame, GameWish, SeatPin, TablePin, TableSeat
from portal.blueprints.games.queries import evenings, shelves
from portal.blueprints.games.rules.tables import Wish
from portal.blueprints.games.service import rows
from portal.blueprints.games.service import shelves as shelf_service
from portal.core import clock, live
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer

MOST_BROUGHT = 60


def bring(viewer: Viewer, evening_id: int, game_id: int) -> None:
    """Take a game along: one's own, or one that stands at work. Twice is harmless."""
    evening = _get_open(viewer, evening_id)
    game = shelves.get_game(game_id)
    if game.owner_id not in {viewer.id, None}:
        raise NotFound(N_("That game is not on your shelf."))
    there = evenings.brought(evening_id)
    if any(copy.game_id == game_id for copy in there):
        return
    if len(there) >= MOST_BROUGHT:
        raise Conflict(N_("There are more than enough games for one evening."))
    rows.put(BroughtGame, evening_id=evening_id, game_id=game_id, person_id=viewer.id)
    publish(evening)


def take_home(viewer: Viewer, evening_id: int, game_id: int) -> None:
    """Leave a game at home after all; no reason is asked. Twice is harmless."""
    evening = _get_open(viewer, evening_id)
    copy = evenings.find_brought(evening_id, game_id)
    if copy is None or copy.person_id != viewer.id:
        return
    _forget_copy(evening_id, game_id)
    publish(evening)


def wish(viewer: Viewer, evening_id: int, wishes: Mapping[int, Wish | None], *, teaches: Mapping[int, bool]) -> None:
    """Say what one would like to play, and what one can teach; by the number of any copy of the game."""
    evening = _get_open(viewer, evening_id)
    titles = {copy.game_id: copy.game.title for copy in evenings.brought(evening_id)}
    if not {*wishes, *teaches} <= set(titles):
        raise Invalid(N_("A game has been taken home meanwhile. Look once more."))
    for game_id, word in wishes.items():
        _say(viewer, evening_id, titles[game_id], word)
    for game_id, can in teaches.items():
        shelf_service.teach(viewer, titles[game_id], can=can)
    publish(evening)


def forget(evening_id: int, person_id: int) -> None:
    """Forget what somebody brings and wishes for who does not come after all."""
    own = (BroughtGame.evening_id == evening_id, BroughtGame.person_id == person_id)
    for game_id in db.session.scalars(select(BroughtGame.game_id).where(*own)).all():
        _forget_copy(evening_id, game_id)
    for table in (GameWish, SeatPin, TableSeat):
        db.session.execute(delete(table).where(table.evening_id == evening_id, table.person_id == person_id))


def publish(evening: Evening) -> None:
    """Tell the open pages that the games of an evening have changed."""
    live.publish(f"evening-{evening.id}")


def must_be_open(evening: Evening) -> None:
    """Refuse what comes too late."""
    if evening.is_cancelled:
        raise Conflict(N_("This evening is called off."))
    if evening.ends_at <= clock.now():
        raise Conflict(N_("This evening is over."))


def _get_open(viewer: Viewer, evening_id: int) -> Evening:
    evening = evenings.get_evening(evening_id)
    must_be_open(evening)
    if not attendance.is_in(viewer.id, evening_id):
        raise Conflict(N_("This is for those who have a seat that evening. Sign up first."))
    return evening


def _say(viewer: Viewer, evening_id: int, title: str, word: Wish | None) -> None:
    if word is None:
        mine = (GameWish.evening_id == evening_id, GameWish.person_id == viewer.id)
        db.session.execute(delete(GameWish).where(*mine, GameWish.title == title))
    else:
        rows.put(GameWish, evening_id=evening_id, person_id=viewer.id, title=title, wish=word)


def _forget_copy(evening_id: int, game_id: int) -> None:
    for table in (BroughtGame, SeatPin, TablePin, TableSeat):
        db.session.execute(delete(table).where(table.evening_id == evening_id, table.game_id == game_id))
