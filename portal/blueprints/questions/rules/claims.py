"""Who looks at a question, together with whom, and how long. Values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SOON = timedelta(minutes=10)  # the owner is asked whether they still look


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A colleague beside the owner: looks too, or is asked to take over."""

    person_id: int
    since: datetime
    until: datetime
    is_asked: bool


def here(everybody: Sequence[Beside], *, now: datetime) -> list[Beside]:
    """Give those who look too and have not fallen silent, in the order in which they came."""
    there = [one for one in everybody if not one.is_asked and now < one.until]
    return sorted(there, key=lambda one: (one.since, one.person_id))


def asked(everybody: Sequence[Beside], *, now: datetime) -> Beside | None:
    """Find who is asked to take over and has not answered yet."""
    return next((one for one in everybody if one.is_asked and now < one.until), None)


def heir(everybody: Sequence[Beside], *, now: datetime) -> int | None:
    """Tell who has it when the owner lets it go: whoever came first of those who look too."""
    there = here(everybody, now=now)
    return there[0].person_id if there else None


def lapses_soon(until: datetime, *, now: datetime) -> bool:
    """Tell whether it is time to ask the owner whether they still look."""
    return now < until <= now + SOON
