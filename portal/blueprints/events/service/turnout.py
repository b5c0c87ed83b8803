"""«Blir det noko av?» When the time has come, an evening with too few is called off by itself, and mildly."""

from __future__ import annotations

from portal.blueprints.events.facts import EveningDecided
from portal.blueprints.events.models.evenings import Evening, Reason
from portal.blueprints.events.queries import finding, waiting
from portal.blueprints.events.rules import turnout
from portal.blueprints.events.service import evenings, line
from portal.core import clock, jobs
from portal.core.facts import record


def decide(evening_id: int) -> None:
    """Settle whether an evening will be, if the time for that has come. Calling again changes nothing.

    What has begun is left alone: a worker that was away must not call off what people are at.
    """
    evening = finding.lock_evening(evening_id)
    if not _is_due(evening) or evening.minimum is None:
        return
    if turnout.is_enough(line.places(line.settle(evening)), evening.minimum):
        evening.decided_at = clock.now()
        record(EveningDecided(evening_id=evening.id))
        line.publish(evening)
    else:
        evenings.call_off(evening, reason=Reason.TOO_FEW)


def decide_all() -> None:
    """Have every evening settled for which it is time; each by a job of its own."""
    for evening_id in waiting.undecided(clock.now()):
        jobs.enqueue("events.decide", evening_id=evening_id)


def _is_due(evening: Evening) -> bool:
    moment = clock.now()
    is_time = evening.decides_at is not None and evening.decides_at <= moment
    return evening.is_undecided and is_time and not evening.has_begun(moment)
