"""What happens by itself: polls close, and what is no longer needed is forgotten."""

from __future__ import annotations

from datetime import time

from portal.blueprints.cinema.service import own, settling
from portal.blueprints.people.facts import PersonLeft
from portal.core.facts import on
from portal.core.jobs import Later, daily, job


@job("cinema.close")
def close(poll_id: int) -> None:
    """Close a poll that has come to its end, or choose where nobody has; come again where there is more to do."""
    wait = settling.close(poll_id)
    if wait:
        raise Later(wait)


@job("cinema.forget")
@daily(time(4, 45))
def forget() -> None:
    """Forget who owed whom, and polls of long ago."""
    own.forget_old()


@on(PersonLeft)
def leave_polls(fact: PersonLeft) -> None:
    """Let nobody who has left the desk choose the film."""
    own.leave_polls(fact.person_id)
