"""The course of calls: stepped on by the worker, and looked at again when somebody becomes free, comes or goes."""

from __future__ import annotations

from portal.blueprints.people.facts import PersonLeft, SessionEnded, SessionsEnded
from portal.blueprints.shifts.facts import CameOnline, RotaRead, StandingChanged
from portal.blueprints.urgent.rules.calls import FORGETS_EVERY
from portal.blueprints.urgent.service import course, ending, leaving
from portal.core import clock
from portal.core.db import empty_journal
from portal.core.facts import on
from portal.core.jobs import Later, Steps, every, job


@job(course.STEP)
def step(call_id: int) -> None:
    """Do what is missing for a call, and look again when something happens next."""
    moment = course.step(call_id)
    if moment:
        raise Later(moment - clock.now())


@job("urgent.forget")
@every(FORGETS_EVERY)
def forget() -> Steps:
    """Delete what is nearly a day old, from the journal of the database too; and look at every call that is open."""
    ending.forget()
    course.look_at_all()
    yield empty_journal


@on(StandingChanged, CameOnline, RotaRead)
def look_again(_fact: StandingChanged | CameOnline | RotaRead) -> None:
    """Ring whoever has become free or has come while a hand is up; and let be who is not to be rung any more."""
    course.look_again()


@on(SessionEnded, SessionsEnded)
def sign_off(fact: SessionEnded | SessionsEnded) -> None:
    """Let go of what somebody cannot follow who has signed out."""
    leaving.sign_off(fact.person_id)


@on(PersonLeft)
def go(fact: PersonLeft) -> None:
    """Let go of everything of somebody who has left."""
    leaving.go(fact.person_id)
