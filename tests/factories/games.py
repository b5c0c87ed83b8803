"""Games, and what is brought to an evening, for tests."""

from __future__ import annotations

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.games.models import BroughtGame, Game, Teaches
from portal.blueprints.games.rules.shelf import Entry
from portal.blueprints.people.models import Person
from portal.core.db import db


def entry(name: str = "Cascadia", **values: object) -> Entry:
    """Write a game down."""
    return Entry(**{"name": name, "players_min": 2, "players_max": 4, **values})  # type: ignore[arg-type]


def make_game(owner: Person | None, name: str = "Cascadia", **values: object) -> Game:
    """Put a game on the shelf; without an owner it stands at work."""
    game = Game(owner_id=owner.id if owner else None)
    game.become(entry(name, **values))
    db.session.add(game)
    db.session.flush()
    return game


def make_brought(evening: Evening, person: Person, name: str = "Cascadia", **values: object) -> Game:
    """Have a person bring a game of their own."""
    game = make_game(person, name, **values)
    db.session.add(BroughtGame(evening_id=evening.id, game_id=game.id, person_id=person.id))
    db.session.flush()
    return game


def make_teacher(person: Person, title: str) -> None:
    """Let a person be able to teach a game."""
    db.session.add(Teaches(person_id=person.id, title=title))
    db.session.flush()
