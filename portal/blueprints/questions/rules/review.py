"""When somebody who has just used an answer is asked whether it still holds. Values only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

PAUSE = timedelta(days=90)  # «I do not know» is an answer: nothing is asked again for this long


@dataclass(frozen=True, kw_only=True)
class Check:
    """A system changed at a moment: what was written of it before waits for somebody who tries it."""

    since: datetime
    reason: str


def confirmed_at(moments: Iterable[datetime | None]) -> datetime | None:
    """Give when an answer was last known to hold: written, mended, accepted, or tried with luck."""
    known = [moment for moment in moments if moment is not None]
    return max(known) if known else None


def waits_for(checks: Sequence[Check], *, confirmed: datetime | None, doubted: datetime | None = None) -> Check | None:
    """Find the newest change that nobody has tried the answer after; a mark against it counts as tried."""
    known = confirmed_at([confirmed, doubted])
    waiting = [check for check in checks if known is None or known < check.since]
    return max(waiting, key=lambda check: check.since) if waiting else None


def is_old(confirmed: datetime | None, *, now: datetime, after: timedelta) -> bool:
    """Tell whether the newest confirmation is so old that one asks."""
    return confirmed is not None and now - confirmed > after


def is_asked(*, is_due: bool, is_author: bool, is_paused: bool, has_spoken: bool) -> bool:
    """Tell whether this reader is asked: not the author, nobody twice, and nobody who has said what they think."""
    return is_due and not (is_author or is_paused or has_spoken)
