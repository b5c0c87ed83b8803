"""A yard with something of everything in it, for tests that walk through all of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal.blueprints.checkins.queries import diary
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.core.db import transaction
from portal.web import bounds
from tests.client import AuditingClient
from tests.factories.checkins import make_checkin, make_joy, make_team_checkin
from tests.factories.cinema import make_poll, make_showing
from tests.factories.diary import make_diary, write
from tests.factories.events import make_evening, make_proposal
from tests.factories.games import make_brought
from tests.factories.incidents import make_incident
from tests.factories.knowledge import make_article
from tests.factories.meals import make_meal
from tests.factories.people import make_person
from tests.factories.questions import make_answer, make_question, make_tag
from tests.factories.rooms import make_room
from tests.factories.urgent import make_call

Browse = Callable[[Person], AuditingClient]


@pytest.fixture(autouse=True)
def unbounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a walk through every route press as often as it must; the bounds have tests of their own."""
    for bound in ("PRESSES_PER_MINUTE", "LOOK_UPS_PER_MINUTE", "TAKEN_PER_HOUR", "CALLS_PER_MINUTE"):
        monkeypatch.setattr(bounds, bound, 1_000_000)


@pytest.fixture
def yard(anne: Person, bjarne: Person, carla: Person) -> dict[str, Any]:
    """Make one of each; give the values that fit the places in the addresses."""
    with transaction():
        make_tag()
        question = make_question(anne, body="It blinks.", tags=["utskrift"])
        answer = make_answer(bjarne, question)
        evening = make_evening()
        room = make_room()
        incident = make_incident(bjarne)
        call = make_call(anne)
        game = make_brought(evening, anne)
        proposal = make_proposal(anne)
        organiser = make_person("Oddny Organiserer", roles={Role.ORGANISER})
        poll = make_poll(organiser)
        showing = make_showing(poll, ticked_by=[anne])
        meal = make_meal(organiser, evening)
    checkin = make_checkin(anne, reader=bjarne)
    hanging = make_team_checkin(anne)
    joy = make_joy(anne)
    key, _ = make_diary(anne)
    write(anne)
    article = make_article()
    return {
        "question_id": question.id,
        "answer_id": answer.id,
        "evening_id": evening.id,
        "proposal_id": proposal.id,
        "room_id": room.id,
        "checkin_id": checkin.id,
        "joy_id": joy.id,
        "hanging": hanging.id,
        "entry_id": diary.lines(anne, key)[0].id,
        "number": article.number,
        "article_id": article.id,
        "person_id": anne.id,
        "incident_id": incident.id,
        "call_id": call.id,
        "game_id": game.id,
        "poll_id": poll.id,
        "showing_id": showing.id,
        "meal_id": meal.id,
    }
