"""Talks for tests."""

from __future__ import annotations

from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.talks.models import Talk
from portal.blueprints.talks.rules import Suits
from portal.blueprints.talks.service import asking
from portal.core.db import transaction
from tests.factories.people import make_person
from tests.factories.urgent import put_to_work


def make_peer(name: str = "Petra Støttar", *, is_at_work: bool = True) -> Person:
    """Make a peer supporter, at work with a page open."""
    with transaction():
        person = make_person(name, roles={Role.PEER_SUPPORTER})
        if is_at_work:
            put_to_work(person)
    return person


def make_talk(asker: Person, other: Person | None = None, *, suits: Suits | None = None) -> Talk:
    """Ask a colleague for a talk, or the peer supporters where there is none."""
    with transaction():
        if other is None:
            return asking.ask_peers(asker, suits=suits)
        return asking.ask_colleague(asker, other.id, suits=suits)
