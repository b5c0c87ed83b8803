"""When a card in a Teams channel is of use, and what an answer from there means. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SENT_AFTER = timedelta(seconds=60)  # of ringing, when the screens of all who are free ring already
OF_USE_FOR = timedelta(minutes=3)  # after that the asker has been told of the duty phone
NEWS_FOR = timedelta(minutes=15)
WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)


class Outcome(StrEnum):
    """What became of a card."""

    SENT = "sent"
    REFUSED = "refused"  # the channel does not want it, now or later
    DOUBTED = "doubted"  # it left us, and no answer came: it may stand there
    NOT_SENT = "not_sent"  # it did not leave us, or was sent back: it may be tried again


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How the channel answered; the wait is what it asked for."""

    outcome: Outcome
    wait: timedelta = WAIT


def is_of_use(since: datetime, moment: datetime, *, lasts: timedelta) -> bool:
    """Tell whether a card would still find something to do."""
    return moment - since < lasts


def answer(status: int, wait: timedelta | None = None) -> Answer:
    """Read a status code. Whoever says that it failed is believed; a gateway that gave up waiting does not know."""
    if 200 <= status < 300:
        return Answer(outcome=Outcome.SENT)
    if status == 504:
        return Answer(outcome=Outcome.DOUBTED)
    if status == 429 or status >= 500:
        return Answer(outcome=Outcome.NOT_SENT, wait=min(wait or WAIT, LONGEST_WAIT))
    return Answer(outcome=Outcome.REFUSED)
