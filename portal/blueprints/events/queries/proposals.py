"""Proposals as a viewer may see them. Who would come is never told, only how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from portal.blueprints.events.models.proposals import Proposal, ProposalState, WouldCome
from portal.blueprints.people.models import Person
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer

SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class ProposalView:
    """One proposal as a viewer sees it."""

    proposal: Proposal
    would_come: int
    i_would: bool
    is_mine: bool

    @property
    def person(self) -> Person | None:
        """Give the one who proposed it, where colleagues see that; one's own is one's own."""
        return self.proposal.proposer if self.proposal.is_named or self.is_mine else None

    @property
    def word(self) -> str:
        """Give the word that came with the answer: for the proposer alone."""
        return self.proposal.word if self.is_mine else ""


def open_proposals(viewer: Viewer, *, limit: int = SHOWN) -> list[ProposalView]:
    """Give what waits for somebody to make it, the newest first. Never by how many would come: nothing is ranked."""
    query = _proposals().where(Proposal.state == ProposalState.OPEN).order_by(Proposal.id.desc()).limit(limit)
    return _views(viewer, query)


def answered_proposals(viewer: Viewer) -> list[ProposalView]:
    """Give the viewer's own proposals that have an answer; to organisers also those of others that rest."""
    mine = Proposal.proposer_id == viewer.id
    resting = Proposal.state == ProposalState.RESTING
    seen = or_(mine, resting) if viewer.may("events.organise") else mine
    query = _proposals().where(seen, Proposal.state != ProposalState.OPEN).order_by(Proposal.answered_at.desc())
    return _views(viewer, query.limit(SHOWN))


def get_proposal(viewer: Viewer, proposal_id: int) -> ProposalView:
    """Give a proposal: open ones to all, those with an answer to the proposer and the organisers."""
    found = _views(viewer, _proposals().where(Proposal.id == proposal_id))
    if not found or not _may_see(viewer, found[0].proposal):
        raise NotFound(N_("That proposal is not here."))
    return found[0]


def lock_proposal(viewer: Viewer, proposal_id: int) -> Proposal:
    """Give a proposal as it is now, and let nobody answer it meanwhile."""
    fresh = select(Proposal).where(Proposal.id == proposal_id).with_for_update(of=Proposal)
    proposal = db.session.scalar(fresh.execution_options(populate_existing=True))
    if proposal is None or not _may_see(viewer, proposal):
        raise NotFound(N_("That proposal is not here."))
    return proposal


def find_proposal(proposal_id: int) -> Proposal | None:
    """Find a proposal for whoever must tell of it."""
    return db.session.get(Proposal, proposal_id)


def find_sent(person_id: int, key: str) -> Proposal | None:
    """Find what the same showing of the form has made already."""
    return db.session.scalar(select(Proposal).where(Proposal.proposer_id == person_id, Proposal.key == key))


def count_open(person_id: int) -> int:
    """Count the proposals of a person that wait."""
    waiting = Proposal.state == ProposalState.OPEN
    counted = select(func.count()).select_from(Proposal).where(Proposal.proposer_id == person_id, waiting)
    return db.session.scalar(counted) or 0


def who_would_come(proposal_id: int) -> Sequence[int]:
    """Give those who would come: for telling them, and for nothing else."""
    query = select(WouldCome.person_id).where(WouldCome.proposal_id == proposal_id).order_by(WouldCome.person_id)
    return db.session.scalars(query).all()


def past_use(*, untouched_since: datetime, answered_before: datetime) -> Sequence[Proposal]:
    """Give the proposals that nobody has taken up for long, and those whose answer has been read long ago."""
    idle = (Proposal.state == ProposalState.OPEN) & (Proposal.created_at < untouched_since)
    answered = (Proposal.state != ProposalState.OPEN) & (Proposal.answered_at < answered_before)
    return db.session.scalars(select(Proposal).where(or_(idle, answered)).order_by(Proposal.id)).all()


def export_proposals(person_id: int) -> list[dict[str, Any]]:
    """Give a person's proposals, and what they would come to, for the export of their data."""
    mine = select(Proposal).where(Proposal.proposer_id == person_id).order_by(Proposal.id)
    liked = select(Proposal.title).join(WouldCome).where(WouldCome.person_id == person_id).order_by(Proposal.id)
    return [_exported(proposal) for proposal in db.session.scalars(mine)] + [
        {"would_come_to": title} for title in db.session.scalars(liked)
    ]


def _exported(proposal: Proposal) -> dict[str, Any]:
    return {
        "proposed": proposal.title,
        "why": proposal.why,
        "when": proposal.timing,
        "with_name": proposal.is_named,
        "state": proposal.state,
        "answer": proposal.word,
        "proposed_at": proposal.created_at,
    }


def _proposals() -> Select[Proposal]:
    return select(Proposal).options(joinedload(Proposal.proposer), joinedload(Proposal.answered_by))


def _may_see(viewer: Viewer, proposal: Proposal) -> bool:
    return proposal.is_open or proposal.proposer_id == viewer.id or viewer.may("events.organise")


def _views(viewer: Viewer, query: Select[Proposal]) -> list[ProposalView]:
    own = exists().where(WouldCome.proposal_id == Proposal.id, WouldCome.person_id == viewer.id)
    counted = select(func.count()).where(WouldCome.proposal_id == Proposal.id).scalar_subquery()
    return [
        ProposalView(proposal=proposal, would_come=count, i_would=bool(mine), is_mine=proposal.proposer_id == viewer.id)
        for proposal, count, mine in db.session.execute(query.add_columns(counted, own))
    ]
