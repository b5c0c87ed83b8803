"""Incidents under many hands at once: one is opened, and nobody is left behind when it closes."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.urgent.models.incidents import Affected, Incident
from portal.blueprints.urgent.service import following, incidents
from portal.core.db import db, transaction
from portal.core.errors import Conflict
from tests.factories.incidents import make_incident
from tests.factories.people import make_person
from tests.factories.questions import make_question, make_tag
from tests.racing import race


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_two_who_open_at_once_have_opened_one(own: Flask) -> None:
    with own.app_context(), transaction():
        people = [make_person(f"Colleague {number}").id for number in range(8)]
        make_tag()
        question_id = make_question(db.session.get_one(Person, people[0]), tags=["utskrift"]).id
    refused = race(
        own,
        [
            lambda who=who: incidents.open_from_question(db.session.get_one(Person, who), question_id)  # type: ignore[misc]
            for who in people
        ],
    )
    with own.app_context():
        assert refused == []
        assert count(Incident) == 1


def test_of_many_about_one_system_one_is_open_and_the_others_are_asked(own: Flask) -> None:
    with own.app_context(), transaction():
        people = [make_person(f"Colleague {number}").id for number in range(8)]
        make_tag()
    refused = race(
        own,
        [lambda who=who: make_incident(db.session.get_one(Person, who), tag="utskrift") for who in people],  # type: ignore[misc]
    )
    with own.app_context():
        assert (count(Incident), count(Question)) == (1, 1)
        assert len(refused) == 7
        assert all(isinstance(each, incidents.AlreadyOpen) for each in refused)


def test_closing_follows_and_words_at_once_leave_nobody_behind(own: Flask) -> None:
    with own.app_context(), transaction():
        people = [make_person(f"Colleague {number}").id for number in range(8)]
        incident_id = make_incident(db.session.get_one(Person, people[0])).id

    def act(number: int) -> None:
        person = db.session.get_one(Person, people[number % 8])
        if number == 9:
            incidents.close(db.session.get_one(Person, people[0]), incident_id)
        elif number % 8 == 0:
            incidents.say(person, incident_id, words=f"Word {number}")
        else:
            following.follow(person, incident_id)

    refused = race(own, [lambda number=number: act(number) for number in range(32)])  # type: ignore[misc]
    with own.app_context():
        assert all(isinstance(each, Conflict) for each in refused)
        assert count(Affected) == 0
        assert db.session.get_one(Incident, incident_id).closed_at is not None
