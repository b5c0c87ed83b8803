"""Which proposal wins. Everybody ticks what they would come to; the most ticks win, and nobody sees any before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LEAD = timedelta(hours=2)  # from the end of the poll to the film: seats must be bought, and people must get there
CHOOSING = timedelta(hours=24)  # how long organisers may choose among those that stand equal


class Outcome(StrEnum):
    """What a poll gave."""

    WON = "won"
    TIED = "tied"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One proposal with its ticks."""

    id: int
    starts_at: datetime
    ticks: int


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a poll gave, and the proposals it is about, the earliest first."""

    outcome: Outcome
    leaders: Sequence[Entry] = ()


def result(entries: Iterable[Entry], moment: datetime) -> Result:
    """Tell what has the most ticks, of what can still be reached."""
    open_ = [entry for entry in entries if entry.ticks and entry.starts_at > moment]
    if not open_:
        return Result(outcome=Outcome.NOTHING)
    most = max(entry.ticks for entry in open_)
    leaders = sorted((entry for entry in open_ if entry.ticks == most), key=lambda entry: (entry.starts_at, entry.id))
    return Result(outcome=Outcome.WON if len(leaders) == 1 else Outcome.TIED, leaders=leaders)


def choose_by(leaders: Sequence[Entry], closed_at: datetime) -> datetime:
    """Tell until when organisers may choose: a day, and never so long that the earliest film is out of reach."""
    return max(closed_at, min(closed_at + CHOOSING, leaders[0].starts_at - LEAD))


def decide_hours(kept: timedelta, starts_at: datetime, moment: datetime) -> int | None:
    """Tell how many whole hours before the film it may be settled whether enough come: as it was, or what is left."""
    left = (starts_at - moment - timedelta(seconds=1)) // timedelta(hours=1)
    hours = min(kept // timedelta(hours=1), left)
    return hours if hours >= 1 else None
