"""The same press that comes twice in the same moment: real threads, committed for real."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.checkins.models.joys import Joy
from portal.blueprints.checkins.models.teams import TeamCheckIn
from portal.blueprints.checkins.rules.faces import Face
from portal.blueprints.checkins.service import checking_in, joys, teams
from portal.blueprints.notifications.models import Notice
from portal.blueprints.people import queries as people
from portal.core.db import db, transaction
from tests.factories.people import make_person
from tests.racing import THREADS, race

KEY = "k" * 22


@pytest.fixture
def pair(own: Flask) -> Iterator[tuple[int, int]]:
    """Two colleagues."""
    with own.app_context():
        with transaction():
            ids = make_person("Anne Askeland").id, make_person("Bjarne Svartveit").id
        yield ids
        db.session.remove()


def share(one: int, other: int) -> object:
    return checking_in.check_in(people.get_person(one), face=Face.OKAY, words="ord", reader_id=other, key=KEY)


def say_to_the_team(one: int, _other: int) -> object:
    return teams.say(people.get_person(one), face=Face.OKAY, words="ord", key=KEY)


def thank(one: int, other: int) -> object:
    return joys.post_joy(people.get_person(one), text="ord", to_id=other, key=KEY)


@pytest.mark.parametrize(
    ("act", "model", "told"), [(share, CheckIn, 1), (say_to_the_team, TeamCheckIn, 0), (thank, Joy, 1)]
)
def test_the_same_press_from_many_places_is_one_and_refuses_nobody(
    own: Flask, pair: tuple[int, int], act: Callable[[int, int], object], model: type, told: int
) -> None:
    assert race(own, [lambda: act(*pair)] * THREADS) == []
    counted = [db.session.scalar(select(func.count()).select_from(each)) for each in (model, Notice)]
    assert counted == [1, told]
