"""The fifty colleagues and the subjects they know."""

from __future__ import annotations

from portal.blueprints.people import service
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.service import tags as keeping
from portal.core.db import db
from portal.demo import content

TEAMS = ("Fjell", "Fjord", "Skog", "Strand", "Vidde")


def make_people() -> dict[str, Person]:
    """Make everybody, in five teams, and give them by slug."""
    people = {}
    teams = [service.make_team(name).id for name in TEAMS]
    for number, each in enumerate(content.read("people")):
        person = Person(
            username=each["username"],
            name=each["name"],
            email=each["email"],
            title=each["title"],
            phone=each["phone"],
            about=each["about"],
            locale=each["locale"],
            roles=frozenset(Role(role) for role in each["roles"]),
            team_id=teams[number % len(teams)],
        )
        db.session.add(person)
        people[each["slug"]] = person
    db.session.flush()
    return people


def make_tags() -> dict[str, Tag]:
    """Make the subjects and give them by slug."""
    tags = {}
    for each in content.read("tags"):
        tags[each["slug"]] = keeping.make_tag(
            slug=each["slug"],
            name_nn=each["name"],
            name_nb=each["name_nb"],
            name_en=each["name_en"],
            color=each["color"],
        )
    db.session.flush()
    return tags
