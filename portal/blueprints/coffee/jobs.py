"""What happens by itself: pairs every Monday morning, and forgetting."""

from __future__ import annotations

from datetime import time

from portal.blueprints.coffee.rules import pairing
from portal.blueprints.coffee.service import rounds, taking_part, upkeep
from portal.blueprints.people.facts import PersonLeft
from portal.core.facts import on
from portal.core.jobs import Steps, daily, job


@job("coffee.pair")
@daily(time(6, 30))
def pair() -> Steps:
    """Put those together who take part; on Monday, or where the worker stood still, by Wednesday."""
    plan = rounds.plan_week()
    if plan is None:
        return
    # Working out who meets whom holds no transaction: with many people it takes a while.
    groups = yield lambda: pairing.groups(plan.week)
    rounds.set_tables(plan, groups)


@job("coffee.forget")
@daily(time(4, 40))
def forget() -> None:
    """Forget who met when, once the week is over."""
    upkeep.forget_past_weeks()


@on(PersonLeft)
def leave(fact: PersonLeft) -> None:
    """Let somebody who leaves the desk go, and find their company somebody else."""
    taking_part.forget_person(fact.person_id)
