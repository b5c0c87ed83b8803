"""Forgetting: what has had its time, and what was meant for somebody who has left."""

from __future__ import annotations

from datetime import timedelta

from portal.blueprints.checkins.service import checking_in, teams
from portal.blueprints.people.facts import PersonLeft
from portal.core.facts import on
from portal.core.jobs import every, job


@job("checkins.expire")
@every(timedelta(hours=1))
def expire() -> None:
    """Delete what was shared and has had its time; its notice, which would lead to nothing, with it."""
    checking_in.expire()
    teams.expire()


@on(PersonLeft)
def withdraw(fact: PersonLeft) -> None:
    """End what was shared with somebody who has left."""
    checking_in.withdraw_from(fact.person_id)
    teams.take_down_all_of(fact.person_id)
