"""Asks whether a quiet incident still goes on, and looks whether a new hand makes several."""

from __future__ import annotations

from datetime import timedelta

from portal.blueprints.urgent.facts import HandRaised
from portal.blueprints.urgent.queries import incidents as reading
from portal.blueprints.urgent.service import incidents
from portal.core.facts import on
from portal.core.jobs import every, job


@job("urgent.quiet_incidents")
@every(timedelta(minutes=15))
def ask_of_quiet_ones() -> None:
    """Ask once for each word that nothing has come after."""
    incidents.ask_of_quiet_ones()


@on(HandRaised)
def see_several(_fact: HandRaised) -> None:
    """Let the pages look again when several have raised a hand about one thing."""
    if reading.together_now():
        incidents.tell()
