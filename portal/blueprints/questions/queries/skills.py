"""Reading who knows what. Ids of persons are for telling, never for showing: nobody is listed as an expert."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Answer
from portal.blueprints.questions.models.skills import AskedByAnswers, Skill
from portal.blueprints.questions.models.tags import QuestionTag, Tag
from portal.blueprints.questions.rules import skills as rules
from portal.blueprints.questions.rules.skills import Level
from portal.core import clock
from portal.core.db import db


def declared(person_id: int) -> dict[Level, list[Tag]]:
    """Give what a person has said of themselves."""
    rows = select(Skill.level, Tag).join(Tag).where(Skill.person_id == person_id).order_by(Tag.name_nn)
    found: dict[Level, list[Tag]] = {level: [] for level in Level}
    for level, tag in db.session.execute(rows):
        found[Level(level)].append(tag)
    return found


def is_asked_by_answers(person_id: int) -> bool:
    """Tell whether a person has agreed to be asked about what they answered."""
    return db.session.get(AskedByAnswers, person_id) is not None


def topics(person_id: int) -> Sequence[int]:
    """Give the ids of the tags that a person has said they know."""
    said = select(Skill.tag_id).where(Skill.person_id == person_id, Skill.level == Level.KNOWS)
    return db.session.scalars(said).all()


def those_who(level: Level, tag_id: int) -> set[int]:
    """Give who has said that they know a tag, or want to learn it."""
    said = select(Skill.person_id).join(Person).where(Person.is_active)
    return set(db.session.scalars(said.where(Skill.tag_id == tag_id, Skill.level == level)))


def those_who_learn(tag_id: int) -> set[int]:
    """Give who has said that they want to learn about a tag."""
    return those_who(Level.LEARNING, tag_id)


def those_who_know(tag_id: int) -> set[int]:
    """Give who is asked about a tag: who has said so, and who has answered about it lately and agreed to be asked."""
    return those_who(Level.KNOWS, tag_id) | _by_answers(tag_id)


def _by_answers(tag_id: int) -> set[int]:
    now = clock.now()
    given = (
        select(Person.id, Answer.created_at)
        .join(Person, Person.id == Answer.author_id)
        .join(AskedByAnswers, AskedByAnswers.person_id == Person.id)
        .join(QuestionTag, QuestionTag.question_id == Answer.question_id)
        .where(QuestionTag.tag_id == tag_id, Answer.created_at > now - rules.LOOKS_BACK)
        .where(Person.is_active, Answer.is_hidden.is_(False))
    )
    moments: dict[int, list[datetime]] = defaultdict(list)
    for person_id, moment in db.session.execute(given):
        moments[person_id].append(moment)
    return {person_id for person_id, when in moments.items() if rules.knows_by_answers(when, now=now)}
