"""The shelf: a game is put there, changed, taken away, and somebody can teach it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from portal.blueprints.games.models import Game, Teaches
from portal.blueprints.games.queries import shelves
from portal.blueprints.games.rules import shelf
from portal.blueprints.games.rules.shelf import Entry, Fault
from portal.blueprints.games.service import rows
from portal.core import patient_data, throttle
from portal.core import text as texts
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer

COMMON = "events.organise"  # who looks after the games that stand at work for all
SAYS: dict[Fault, tuple[str, str]] = {
    Fault.NAME: ("name", N_("Give the game its name.")),
    Fault.PLAYERS: ("players_max", N_("At least as many as the fewest, and at most 99.")),
    Fault.BEST: ("players_best", N_("Choose a number among those who can play, or leave it empty.")),
    Fault.MINUTES: ("minutes", N_("Choose a number from 1 to 1440, or leave it empty.")),
    Fault.LONG: ("notes", N_("That is too long.")),
    Fault.ADDRESS: ("rules_url", N_("The address must begin with https:// or http://.")),
}
THERE_ALREADY = N_("That game is on your shelf already.")


def add(viewer: Viewer, entry: Entry, *, is_common: bool = False, accepts: bool = False) -> Game:
    """Put a game on the shelf: one's own, or one that stands at work for all."""
    if is_common:
        _must_look_after_those_at_work(viewer)
    throttle.hit("games.add", str(viewer.id), limit=200, per=timedelta(hours=1))
    entry = checked(entry, accepts=accepts)
    every, mine = shelves.count(viewer)
    if (every if is_common else mine) >= shelf.MOST_GAMES:
        raise Invalid(N_("The shelf is full: 2000 games at most."))
    game = Game(owner_id=None if is_common else viewer.id)
    game.become(entry)
    _write(game)
    return game


def change(viewer: Viewer, game_id: int, entry: Entry, *, accepts: bool = False) -> Game:
    """Say something else of a game."""
    game = get_mine(viewer, game_id)
    entry = checked(entry, accepts=accepts)
    game.become(entry)
    _write(game)
    return game


def remove(viewer: Viewer, game_id: int) -> None:
    """Take a game from the shelf, and with it from every evening it was to be brought to."""
    db.session.delete(get_mine(viewer, game_id))
    db.session.flush()


def get_mine(viewer: Viewer, game_id: int) -> Game:
    """Give a game that the viewer may change: to others it is as if it were not there."""
    game = shelves.get_game(game_id)
    if not may_change(viewer, game):
        raise NotFound(N_("That game is not on your shelf."))
    return game


def may_change(viewer: Viewer, game: Game) -> bool:
    """Tell whether somebody looks after a game."""
    return viewer.may(COMMON) if game.owner_id is None else game.owner_id == viewer.id


def teach(viewer: Viewer, title: str, *, can: bool) -> None:
    """Say that one can teach a game, or no longer."""
    if can:
        rows.put(Teaches, person_id=viewer.id, title=title)
    else:
        db.session.execute(delete(Teaches).where(Teaches.person_id == viewer.id, Teaches.title == title))


def tidied(entry: Entry) -> Entry:
    """Give a game without signs that nobody sees."""
    return replace(
        entry,
        name=" ".join(texts.line(entry.name).split()),
        language=texts.line(entry.language),
        rules_url=texts.line(entry.rules_url),
        notes=texts.block(entry.notes).strip(),
    )


def checked(entry: Entry, *, accepts: bool = False) -> Entry:
    """Give a game as it is kept, or refuse it at the field that is wrong."""
    entry = tidied(entry)
    fault = shelf.fault_of(entry)
    if fault:
        field, message = SAYS[fault]
        raise Invalid(message, field=field)
    return replace(
        entry,
        name=patient_data.clean(entry.name, field="name", viewer_accepts=accepts),
        notes=patient_data.clean(entry.notes, field="notes", viewer_accepts=accepts),
    )


def _must_look_after_those_at_work(viewer: Viewer) -> None:
    if not viewer.may(COMMON):
        raise Invalid(N_("Only organisers put games there for all."), field="is_common")


def _write(game: Game) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(game)
            db.session.flush()
    except IntegrityError as error:
        raise Conflict(THERE_ALREADY, field="name") from error
