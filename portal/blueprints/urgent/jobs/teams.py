"""Carries cards to the Teams channel: one for each round of a call that nobody comes to, and one for each incident.

A card is sent once. Where it left us and no answer came, it may stand in the channel already, and is not sent again:
the screens ring all the same.
"""

from __future__ import annotations

import logging
from datetime import time, timedelta
from urllib.parse import urlsplit

from portal.blueprints.urgent.channels import teams
from portal.blueprints.urgent.facts import HandRaised, IncidentOpened, RangAgain
from portal.blueprints.urgent.rules.cards import Outcome
from portal.blueprints.urgent.service import cards
from portal.blueprints.urgent.service.cards import Card
from portal.core import health
from portal.core.facts import on
from portal.core.health import Finding
from portal.core.jobs import Later, Steps, daily, job
from portal.core.settings import current_settings

log = logging.getLogger(__name__)
DEADLINE = timedelta(seconds=teams.IN_ALL)


@job(cards.OF_CALL, deadline=DEADLINE)
def card_of_call(call_id: int, round_number: int) -> Steps:
    """Show in the channel that somebody needs help, unless somebody has come meanwhile."""
    yield from _carry(cards.of_call(call_id, round_number))


@job(cards.OF_INCIDENT, deadline=DEADLINE)
def card_of_incident(incident_id: int) -> Steps:
    """Show in the channel that an incident is on."""
    yield from _carry(cards.of_incident(incident_id))


def _carry(card: Card | None) -> Steps:
    address = current_settings().teams_webhook
    if card is None or not address or not cards.begin(card):
        return
    answer = yield lambda: teams.post(address, card.message)
    cards.note(card.key, answer)
    if answer.outcome is not Outcome.SENT:
        log.warning("teams.card", extra={"outcome": answer.outcome.value})
    if answer.outcome is Outcome.NOT_SENT:
        raise Later(answer.wait)


@job("urgent.forget_cards")
@daily(time(3, 50))
def forget() -> None:
    """Forget which cards were sent."""
    cards.forget()


@on(HandRaised, RangAgain)
def plan_card(fact: HandRaised | RangAgain) -> None:
    """Look again in a minute whether somebody has come."""
    cards.plan_for_call(fact.call_id)


@on(IncidentOpened)
def plan_card_of_incident(fact: IncidentOpened) -> None:
    """Tell the channel too."""
    cards.plan_for_incident(fact.incident_id)


@health.check("teams")
def check_teams() -> Finding:
    """Look at the address and shake hands with its host. No card is posted: there is no other way to try the rest."""
    address = current_settings().teams_webhook
    if not address:
        return Finding(name="teams", is_well=True, words="No channel in Teams is set (PORTAL_TEAMS_WEBHOOK).")
    masked = f"https://{urlsplit(address).hostname}/…"
    try:
        teams.greet(address)
    except (OSError, ValueError) as error:
        words = f"{masked} does not answer ({type(error).__name__}). Look at PORTAL_TEAMS_WEBHOOK and the way out."
        return Finding(name="teams", is_well=False, words=words)
    words = f"{masked} answers. Whether it takes a card shows only when one is sent; none was."
    return Finding(name="teams", is_well=True, words=words)
