"""The course of wishes for a talk, asking again after a hard call, and forgetting."""

from __future__ import annotations

from portal.blueprints.people.facts import PersonLeft
from portal.blueprints.talks import rules
from portal.blueprints.talks.service import afterwards, course, forgetting, own
from portal.core import clock
from portal.core.db import empty_journal
from portal.core.facts import on
from portal.core.jobs import Later, Steps, every, job


@job(course.STEP)
def step(talk_id: str) -> None:
    """Do what is missing for a wish, and look again when something happens next."""
    moment = course.step(talk_id)
    if moment:
        raise Later(moment - clock.now())


@job(afterwards.ASK_AGAIN)
def ask_again(follow_up_id: str) -> None:
    """Ask again in somebody's working time; where the moment does not fit, look for another."""
    moment = afterwards.ask_again(follow_up_id)
    if moment:
        raise Later(moment - clock.now())


@job("talks.forget")
@every(rules.FORGETS_EVERY)
def forget() -> Steps:
    """Delete what has had its time, from the journal of the database too."""
    forgetting.forget_old()
    yield empty_journal


@on(PersonLeft)
def let_go(fact: PersonLeft) -> None:
    """Let go of everything of somebody who has left."""
    own.go(fact.person_id)
