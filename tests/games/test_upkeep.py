"""What is forgotten by itself, what a person takes along and takes away, and two presses at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.blueprints.games.models import (
    BroughtGame,
    Game,
    GameWish,
    PlanState,
    SeatPin,
    TablePin,
    TablePlan,
    TableSeat,
    Teaches,
)
from portal.blueprints.games.rules import solving
from portal.blueprints.games.rules.tables import Wish
from portal.blueprints.games.service import evenings, plans, upkeep
from portal.blueprints.people.models import Person
from portal.core import jobs, privacy
from portal.core.db import db, transaction
from tests.factories.events import MONDAY, make_evening, make_sign_up
from tests.factories.games import make_brought, make_game, make_teacher
from tests.factories.people import make_person
from tests.racing import race

OF_AN_EVENING = (GameWish, BroughtGame, TableSeat, SeatPin, TablePin, TablePlan)


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def one_of_each(anne: Person, bjarne: Person, otto: Person) -> int:
    """Make an evening with a wish, a game, pins, and a plan that is laid."""
    with transaction():
        evening = make_evening()
        make_sign_up(evening, anne, position=1)
        make_sign_up(evening, bjarne, position=2)
        game = make_brought(evening, anne)
        make_teacher(anne, "cascadia")
        evenings.wish(anne, evening.id, {game.id: Wish.LOVE}, teaches={})
        plans.ask(otto, evening.id, seat_pins={anne.id: game.id}, table_pins={game.id: True})
    jobs.run_due()
    assert all(count(table) for table in OF_AN_EVENING)
    return evening.id


@pytest.fixture(autouse=True)
def monday(at: Callable[..., None]) -> None:
    at(MONDAY)


def test_a_week_after_an_evening_nothing_is_known_of_its_games(
    at: Callable[..., None], anne: Person, bjarne: Person, otto: Person
) -> None:
    one_of_each(anne, bjarne, otto)
    for days, stays in ((9, True), (11, False)):  # the evening is in three days
        at(MONDAY + timedelta(days=days))
        with transaction():
            upkeep.forget()
        assert [bool(count(table)) for table in OF_AN_EVENING] == [stays] * len(OF_AN_EVENING)
    assert (count(Game), count(Teaches)) == (1, 1)


def test_it_happens_by_itself() -> None:
    assert jobs.kinds["games.forget"].next_time


def test_a_person_takes_their_games_and_wishes_along(anne: Person, bjarne: Person, otto: Person) -> None:
    one_of_each(anne, bjarne, otto)
    held = {each.what: each.export(anne.id) for each in privacy.holdings() if each.slice == "games" and each.export}
    shelf, said = held.values()
    assert [game["name"] for game in shelf["games"]] == ["Cascadia"]
    assert shelf["can_teach"] == ["cascadia"]
    assert (said[0]["game"], said[0]["wish"]) == ("cascadia", "love")
    others = [each.export(bjarne.id) for each in privacy.holdings() if each.slice == "games" and each.export]
    assert "cascadia" not in json.dumps(others, default=str).casefold()


def test_of_a_person_who_is_erased_nothing_stays(anne: Person, bjarne: Person, otto: Person) -> None:
    evening_id = one_of_each(anne, bjarne, otto)
    with transaction():
        make_game(None, "Ludo")
        for each in privacy.holdings():
            if each.slice == "games" and each.erase:
                each.erase(anne.id)
    for table in (Game, Teaches, GameWish, BroughtGame, SeatPin):
        column = getattr(table, "owner_id", None) or table.person_id
        assert db.session.scalar(select(func.count()).select_from(table).where(column == anne.id)) == 0
    assert count(Game) == 1  # what stands at work
    assert plans.find_night_to_lay(evening_id) is None


def test_a_plan_that_nobody_wants_any_more_is_not_laid(anne: Person, bjarne: Person, otto: Person) -> None:
    evening_id = one_of_each(anne, bjarne, otto)
    assert plans.find_night_to_lay(evening_id) is None
    jobs.kinds["games.lay"].function(evening_id=987654)  # the evening is gone
    assert db.session.get_one(TablePlan, evening_id).state == PlanState.LAID


def test_who_leaves_while_the_tables_are_laid_is_not_put_at_one(anne: Person, bjarne: Person, otto: Person) -> None:
    with transaction():
        evening = make_evening()
        for position, person in enumerate((anne, bjarne, otto), start=1):
            make_sign_up(evening, person, position=position)
        make_brought(evening, anne)
        plans.ask(otto, evening.id)
        night = plans.find_night_to_lay(evening.id)
        assert night
    found = solving.lay(night)
    with transaction():
        from portal.blueprints.events.service import signups

        signups.give_up(bjarne, evening.id)
        plans.write(evening.id, night, found)
    assert set(db.session.scalars(select(TableSeat.person_id))) == {anne.id, otto.id}


def test_two_presses_at_once_are_one(own: Flask) -> None:
    with own.app_context(), transaction():
        anne, otto = make_person("Anne"), make_person("Otto", roles=["organiser"])
        evening = make_evening()
        make_sign_up(evening, anne)
        game = make_game(anne)
        ids = anne.id, otto.id, evening.id, game.id

    def bring() -> None:
        evenings.bring(db.session.get_one(Person, ids[0]), ids[2], ids[3])

    def ask() -> None:
        plans.ask(db.session.get_one(Person, ids[1]), ids[2])

    race(own, [bring, bring])
    race(own, [ask, ask])
    with own.app_context():
        assert (count(BroughtGame), count(TablePlan)) == (1, 1)
