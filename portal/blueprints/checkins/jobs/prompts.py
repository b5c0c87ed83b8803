"""The gentle question is asked by the clock, and gone in the night."""

from __future__ import annotations

from datetime import time, timedelta

from portal.blueprints.checkins.service import prompts
from portal.blueprints.people.facts import PersonLeft
from portal.core.facts import on
from portal.core.jobs import daily, every, job


@job("checkins.ask")
@every(timedelta(minutes=5))
def ask() -> None:
    """Ask those whose hour has come, if the moment suits."""
    prompts.ask_those_due()


@job("checkins.fade")
@daily(time(3, 55))
def fade() -> None:
    """Take away the questions of the days before."""
    prompts.fade()


@on(PersonLeft)
def ask_no_more(fact: PersonLeft) -> None:
    """Ask nobody who has left."""
    prompts.forget(fact.person_id)
