"""What a question is at a moment, and who may do what with it. Values only."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum

TITLE_LONGEST = 150
BODY_LONGEST = 8000
TAGS_MOST = 5
CLAIM_LASTS = timedelta(minutes=30)
PICTURE_REFERENCE = re.compile(r"/bilete/([A-Za-z0-9_-]{22})")


class State(StrEnum):
    """What is stored: whether it is answered and solved. Being looked at lapses by itself and is worked out."""

    OPEN = "open"
    ANSWERED = "answered"
    SOLVED = "solved"


class Shown(StrEnum):
    """What a reader sees."""

    OPEN = "open"
    LOOKED_AT = "looked_at"
    ANSWERED = "answered"
    SOLVED = "solved"


class Filter(StrEnum):
    """The lists of the board."""

    ALL = "all"
    UNANSWERED = "unanswered"
    MINE = "mine"
    SOLVED = "solved"


def state(*, answers: int, is_solved: bool) -> State:
    """Tell what a question is."""
    if is_solved:
        return State.SOLVED
    return State.ANSWERED if answers else State.OPEN


def shown(stored: State, *, claimed_until: datetime | None, now: datetime) -> Shown:
    """Tell what a reader sees: a claim shows only while nobody has answered, and only until it lapses."""
    if stored is State.OPEN and is_claimed(claimed_until, now=now):
        return Shown.LOOKED_AT
    return Shown(stored.value)


def is_claimed(claimed_until: datetime | None, *, now: datetime) -> bool:
    """Tell whether somebody is looking at it."""
    return claimed_until is not None and now < claimed_until


def may_edit(*, author_id: int, viewer_id: int, is_moderator: bool) -> bool:
    """Tell whether somebody may change a text: its author, and those who keep order."""
    return author_id == viewer_id or is_moderator


def may_accept(*, asker_id: int, viewer_id: int) -> bool:
    """Tell whether somebody may say what solved it: the one who asked."""
    return asker_id == viewer_id


def may_thank(*, author_id: int, viewer_id: int) -> bool:
    """Tell whether somebody may thank for an answer: everybody but its author."""
    return author_id != viewer_id


def picture_tokens(text: str) -> list[str]:
    """Find the pictures that a text shows."""
    return list(dict.fromkeys(PICTURE_REFERENCE.findall(text)))


def solved_in(asked_at: datetime, solved_at: datetime) -> tuple[str, int]:
    """Say how long it took in one unit: («minutes», 11), («hours», 3), («days», 2)."""
    minutes = max(1, round((solved_at - asked_at).total_seconds() / 60))
    if minutes < 90:
        return "minutes", minutes
    if minutes < 36 * 60:
        return "hours", round(minutes / 60)
    return "days", round(minutes / 60 / 24)
