"""Check-ins and joys for tests."""

from __future__ import annotations

from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.checkins.models.joys import Joy
from portal.blueprints.checkins.rules.faces import Face
from portal.blueprints.checkins.service import checking_in, joys
from portal.blueprints.people.models import Person
from portal.core.db import transaction

SECRET = "kjennest tungt etter samtalen med akuttmottaket"
GLAD = "Ein lege ringde tilbake berre for å seie takk."


def make_checkin(
    author: Person,
    *,
    reader: Person | None = None,
    face: Face = Face.HEAVY,
    words: str = SECRET,
    key: str | None = None,
) -> CheckIn:
    """Check somebody in."""
    with transaction():
        return checking_in.check_in(author, face=face, words=words, reader_id=reader.id if reader else None, key=key)


def make_joy(author: Person, text: str = GLAD, *, to: Person | None = None) -> Joy:
    """Put a joy on the wall."""
    with transaction():
        return joys.post_joy(author, text=text, to_id=to.id if to else None)
