"""Who hears of tables and of games: those who sit there, and those who brought something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.core import clock, jobs
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.events import MONDAY, make_evening, make_sign_up
from tests.factories.games import make_brought

Browse = Callable[[Person], AuditingClient]


@pytest.fixture(autouse=True)
def monday(at: Callable[..., None]) -> None:
    at(MONDAY)


@pytest.fixture
def evening(anne: Person, bjarne: Person, otto: Person) -> Evening:
    """An evening to which Anne and Bjarne come, and Bjarne with a game."""
    with transaction():
        evening = make_evening(organiser_id=otto.id)
        make_sign_up(evening, anne, position=1)
        make_sign_up(evening, bjarne, position=2)
        make_brought(evening, bjarne)
    return evening


def heard(person: Person, kind: str) -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.person_id == person.id, Notice.kind == kind)))


def test_those_who_sit_at_a_table_hear_it_once(
    browse: Browse, anne: Person, bjarne: Person, didrik: Person, otto: Person, evening: Evening
) -> None:
    organiser = browse(otto)
    organiser.post(f"/kveldar/{evening.id}/spel/plan/oppsett")
    jobs.run_due()
    assert heard(anne, "games.laid") == []
    for on in ("1", "1", "", "1"):
        organiser.post(f"/kveldar/{evening.id}/spel/plan/vising", data={"on": on} if on else {})
    (told,) = heard(anne, "games.laid")
    assert told.values == {"evening_id": evening.id}
    assert len(heard(bjarne, "games.laid")) == 1
    assert heard(otto, "games.laid") == heard(didrik, "games.laid") == []


def test_thanks_reach_those_who_brought_games_without_a_name(
    browse: Browse, at: Callable[..., None], anne: Person, bjarne: Person, otto: Person, evening: Evening
) -> None:
    at(evening.ends_at + timedelta(hours=1))
    browse(anne).post(f"/kveldar/{evening.id}/takk")
    (told,) = heard(bjarne, "games.thanked")
    assert told.actor_id is None
    assert heard(otto, "games.thanked") == []
    assert clock.now() > evening.ends_at


def test_nobody_thanks_themselves(browse: Browse, at: Callable[..., None], bjarne: Person, evening: Evening) -> None:
    at(evening.ends_at + timedelta(hours=1))
    browse(bjarne).post(f"/kveldar/{evening.id}/takk")
    assert heard(bjarne, "games.thanked") == []
