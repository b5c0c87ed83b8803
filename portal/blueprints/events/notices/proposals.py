"""Evenings that colleagues would like."""

from __future__ import annotations

from collections.abc import Iterable

from portal.blueprints.events.facts import ProposalMade, ProposalRests, Proposed
from portal.blueprints.events.models.proposals import Proposal
from portal.blueprints.events.queries import finding, proposals
from portal.blueprints.events.service import news
from portal.blueprints.notifications import service as notifications
from portal.blueprints.people import queries as people
from portal.core.facts import on


@on(Proposed)
def tell_organisers(fact: Proposed) -> None:
    """Tell the organisers of a proposal; never whose it is."""
    proposal = proposals.find_proposal(fact.proposal_id)
    if proposal:
        told = [person.id for person in people.who_may("events.organise") if person.id != proposal.proposer_id]
        _tell_of_proposal(proposal, told, kind="events.proposed")


@on(ProposalMade)
def tell_of_what_came_of_it(fact: ProposalMade) -> None:
    """Tell the proposer and those who would come that there is an evening now."""
    proposal, evening = proposals.find_proposal(fact.proposal_id), finding.get_evening(fact.evening_id)
    if proposal:
        key, by_id = f"proposal-{proposal.id}", fact.by_id
        would_come = people.people(proposals.who_would_come(proposal.id))
        news.tell(evening, [proposal.proposer], kind="events.proposal_made", key=key, actor_id=by_id)
        news.tell(evening, would_come, kind="events.wished_for", key=key, actor_id=by_id)


@on(ProposalRests)
def tell_of_rest(fact: ProposalRests) -> None:
    """Tell the proposer that there is a word for them."""
    proposal = proposals.find_proposal(fact.proposal_id)
    if proposal:
        _tell_of_proposal(proposal, [proposal.proposer_id], kind="events.proposal_rests", actor_id=fact.by_id)


def _tell_of_proposal(proposal: Proposal, person_ids: Iterable[int], *, kind: str, actor_id: int | None = None) -> None:
    notifications.tell_many(
        person_ids,
        kind=kind,
        params={"title": proposal.title},
        endpoint="events.proposal",
        values={"proposal_id": proposal.id},
        actor_id=actor_id,
    )
