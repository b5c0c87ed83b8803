"""Diaries for tests."""

from __future__ import annotations

from portal.blueprints.checkins.rules.faces import Face, Said
from portal.blueprints.checkins.service import diary
from portal.blueprints.people.models import Person
from portal.core.db import transaction
from portal.core.vault import Key

PASSPHRASE = "blå sykkel i stille regn"
THOUGHT = "eg vart verande i bilen ei stund før eg gjekk inn"


def make_diary(owner: Person, passphrase: str = PASSPHRASE) -> tuple[Key, str]:
    """Make somebody's diary; give its key and its recovery code."""
    with transaction():
        return diary.make(owner, passphrase=passphrase)


def write(owner: Person, words: str = THOUGHT, *, face: Face = Face.HEAVY, key: str | None = None) -> None:
    """Put an entry into somebody's diary."""
    with transaction():
        diary.write(owner.id, Said(face=face, words=words), key=key)
