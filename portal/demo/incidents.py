"""The big incident that the demo desk has behind it. None is on: opening one is two presses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.urgent.service import incidents
from portal.core import clock
from portal.core.db import db
from portal.demo import content


def make_incidents(people: Mapping[str, Person]) -> None:
    """Let each take its course, with the clock as it was then."""
    for each in content.read("incidents"):
        _make_incident(each, people)


def _make_incident(each: Mapping[str, Any], people: Mapping[str, Person]) -> None:
    question = db.session.scalars(select(Question).where(Question.title == each["question"])).one()
    opener = people[each["by"]]
    asked_at = question.created_at
    with clock.frozen(asked_at + timedelta(minutes=each["opened_after"])):
        opened = incidents.open_from_question(opener, question.id, headline=each["headline"])
    for said in each["said"]:
        with clock.frozen(asked_at + timedelta(minutes=said["minutes_after"])):
            words, next_word_in = said["words"], said.get("next_word_in")
            incidents.say(people[said["by"]], opened.id, words=words, next_word_in=next_word_in)
    over = each["over"]
    with clock.frozen(asked_at + timedelta(minutes=over["minutes_after"])):
        incidents.close(opener, opened.id, words=over["words"])
