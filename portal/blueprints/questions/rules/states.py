"""What a question is at a moment. Values only."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

CLAIM_LASTS = timedelta(minutes=30)


class State(StrEnum):
    """What is stored: whether it is answered and solved. Being looked at lapses by itself and is worked out."""

    OPEN = "open"
    ANSWERED = "answered"
    SOLVED = "solved"


class Shown(StrEnum):
    """What a reader sees."""

    OPEN = "open"
    LOOKED_AT = "looked_at"
    NEEDS_INFO = "needs_info"
    REOPENED = "reopened"
    ANSWERED = "answered"
    SOLVED = "solved"
    DUPLICATE = "duplicate"


class Filter(StrEnum):
    """The lists of the board."""

    ALL = "all"
    UNANSWERED = "unanswered"
    MINE = "mine"
    FOR_ME = "for_me"
    SOLVED_THIS_WEEK = "solved_this_week"
    SOLVED = "solved"


def state(*, answers: int, is_solved: bool) -> State:
    """Tell what a question is."""
    if is_solved:
        return State.SOLVED
    return State.ANSWERED if answers else State.OPEN


def shown(
    stored: State,
    *,
    claimed_until: datetime | None,
    now: datetime,
    is_info_wanted: bool = False,
    is_duplicate: bool = False,
    is_reopened: bool = False,
) -> Shown:
    """Tell what a reader sees: a claim shows only while an answer is waited for, and only until it lapses."""
    if is_duplicate:
        return Shown.DUPLICATE
    if is_info_wanted and stored is not State.SOLVED:
        return Shown.NEEDS_INFO
    waits_again = stored is State.ANSWERED and is_reopened
    if (stored is State.OPEN or waits_again) and is_claimed(claimed_until, now=now):
        return Shown.LOOKED_AT
    return Shown.REOPENED if waits_again else Shown(stored.value)


def is_claimed(claimed_until: datetime | None, *, now: datetime) -> bool:
    """Tell whether somebody is looking at it."""
    return claimed_until is not None and now < claimed_until


def solved_in(asked_at: datetime, solved_at: datetime) -> tuple[str, int]:
    """Say how long it took in one unit: («minutes», 11), («hours», 3), («days», 2)."""
    minutes = max(1, round((solved_at - asked_at).total_seconds() / 60))
    if minutes < 90:
        return "minutes", minutes
    if minutes < 36 * 60:
        return "hours", round(minutes / 60)
    return "days", round(minutes / 60 / 24)
