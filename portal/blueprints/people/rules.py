"""What a role may, and what makes a password good enough."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import StrEnum

PASSWORD_SHORTEST = 12
PASSWORD_LONGEST = 200


class Role(StrEnum):
    """What a colleague also is."""

    COLLEAGUE = "colleague"
    PEER_SUPPORTER = "peer_supporter"
    ORGANISER = "organiser"
    ADMINISTRATOR = "administrator"


PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.COLLEAGUE: frozenset(),
    Role.PEER_SUPPORTER: frozenset({"checkins.listen", "questions.accept_for_others", "questions.mark_duplicate"}),
    Role.ORGANISER: frozenset(
        {
            "events.organise",
            "shifts.manage",
            "rooms.see_bookings",
            "questions.tags",
            "questions.check_tags",
            "urgent.lead_incident",
            "pulse.annotate",
            "pulse.moderate",
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            "admin.see",
            "people.manage",
            "shifts.manage",
            "rooms.manage",
            "rooms.see_bookings",
            "jobs.manage",
            "audit.read",
            "questions.moderate",
            "questions.mark_duplicate",
            "questions.tags",
            "questions.check_tags",
            "checkins.moderate",
            "pulse.moderate",
            "knowledge.manage",
            "search.manage",
            "references.manage",
            "urgent.lead_incident",
            "talks.manage_cards",
        }
    ),
}


def is_allowed(roles: Iterable[Role], permission: str) -> bool:
    """Tell whether one of the roles holds a permission."""
    return any(permission in PERMISSIONS[role] for role in roles)


def password_fault(password: str, *, names: Iterable[str] = ()) -> str | None:
    """Say in a word what is wrong with a new password, or nothing. Length counts; odd signs are not demanded."""
    if len(password) < PASSWORD_SHORTEST:
        return "short"
    if len(password) > PASSWORD_LONGEST:
        return "long"
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(set(plain)) < 5 or any(_is_mostly(plain, word) for word in (*WORN_OUT, *names)):
        return "guessable"
    return None


WORN_OUT = (
    "passord",
    "password",
    "sommar",
    "sommer",
    "vinter",
    "kundesenter",
    "123456789",
    "qwertyuiop",
    "tunet",
)


def _is_mostly(password: str, word: str) -> bool:
    word = word.casefold()
    return len(word) >= 3 and word in password and len(password.replace(word, "")) < 7


def initials(name: str) -> str:
    """Make the two letters of an avatar: first of the first name, first of the last."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalpha()]
    if not words:
        return "·"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


COLORS = ("accent", "info", "sun", "heather", "neutral", "danger", "success")


def color(person_id: int) -> str:
    """Give a person the same quiet colour everywhere."""
    return COLORS[person_id * 5 % len(COLORS)]
