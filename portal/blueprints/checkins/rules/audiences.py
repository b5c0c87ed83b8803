"""Who may read what is said in confidence, and how long it stays."""

from __future__ import annotations

import base64
import hashlib
from enum import StrEnum

from portal.blueprints.checkins.rules import faces
from portal.blueprints.checkins.rules.faces import Said


class Audience(StrEnum):
    """Who may see a check-in."""

    ME = "me"
    ONE = "one"
    TEAM = "team"
    NAMELESS = "nameless"


def may_read(*, person_id: int, author_id: int, reader_id: int | None) -> bool:
    """Tell whether somebody may read a check-in: its author and the one chosen. No role opens it."""
    return person_id in (author_id, reader_id)


def may_change(*, person_id: int, author_id: int) -> bool:
    """Tell whether somebody may delete a check-in or choose who reads it: its author alone."""
    return person_id == author_id


def may_be_chosen(*, person_id: int, author_id: int, is_active: bool) -> bool:
    """Tell whether somebody can be the one colleague: somebody else, who is still here."""
    return is_active and person_id != author_id


def place(checkin_id: str, *, author_id: int, reader_id: int | None) -> str:
    """Name the place that a text is sealed for: moved to another row, author or reader, it does not open."""
    return f"checkin:{checkin_id}:author:{author_id}:reader:{reader_id or 0}"


def id_from_key(key: str, said: Said, *, author_id: int, reader_id: int | None = None) -> str:
    """Make the id of what a form sends: sent twice it is one check-in, and changed meanwhile it is another.

    The author is part of it, so that nobody can reach into the ids of others. The key is chance and stored nowhere, so
    that nobody can try faces and words against an id.
    """
    sent = f"{author_id}\0{reader_id or 0}\0{key}\0{faces.written(said)}"
    digest = hashlib.sha256(sent.encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")
