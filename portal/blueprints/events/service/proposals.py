"""What colleagues would like: proposed, wished for by others, made into an evening or left to rest, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from portal.blueprints.events.facts import ProposalMade, ProposalRests, Proposed
from portal.blueprints.events.models.evenings import TITLE, Kind
from portal.blueprints.events.models.proposals import KEY, TIMING, WHY, WORD, Proposal, ProposalState, WouldCome
from portal.blueprints.events.queries import finding, proposals
from portal.blueprints.events.service import wishes
from portal.core import audit, clock, live, privacy, throttle
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

MOST_OPEN = 5
MOST_AN_HOUR = 20
WAITS = timedelta(days=180)
ANSWER_STAYS = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class ProposalWish:
    """An evening as somebody would like it. `accepts`: the author says that no number in it is an identity number."""

    title: str
    kind: Kind = Kind.OTHER
    why: str = ""
    timing: str = ""
    is_named: bool = True
    accepts: bool = False


def propose(viewer: Viewer, wish: ProposalWish, *, key: str | None = None) -> Proposal:
    """Propose an evening. The same form sent twice is one proposal."""
    checked = _checked(wish)
    key = key[:KEY] if key else None
    sent_before = proposals.find_sent(viewer.id, key) if key else None
    if sent_before:
        return sent_before
    if proposals.count_open(viewer.id) >= MOST_OPEN:
        raise Conflict(N_("You have five proposals waiting. Take one back first, or wait for an answer."))
    throttle.hit("events.propose", str(viewer.id), limit=MOST_AN_HOUR, per=timedelta(hours=1))
    proposal = Proposal(proposer_id=viewer.id, key=key, kind=wish.kind, is_named=wish.is_named, **checked)
    try:
        with db.session.begin_nested():
            db.session.add(proposal)
    except IntegrityError as error:
        raise Conflict(N_("That was saved already.")) from error
    record(Proposed(proposal_id=proposal.id))
    live.publish("proposals")
    return proposal


def reword(viewer: Viewer, proposal_id: int, wish: ProposalWish) -> Proposal:
    """Write one's own proposal anew while it waits."""
    proposal = _get_own(viewer, proposal_id)
    _check_open(proposal)
    checked = _checked(wish)
    proposal.title, proposal.why, proposal.timing = checked["title"], checked["why"], checked["timing"]
    proposal.kind, proposal.is_named = wish.kind, wish.is_named
    live.publish("proposals")
    return proposal


def choose_would_come(viewer: Viewer, proposal_id: int, *, wanted: bool) -> None:
    """Say that one would come, or take it back. Twice is harmless; only how many is ever shown."""
    proposal = proposals.lock_proposal(viewer, proposal_id)
    _check_open(proposal)
    if proposal.proposer_id == viewer.id:
        raise Conflict(N_("It is your own proposal: that you would come is understood."))
    mine = db.session.get(WouldCome, (proposal_id, viewer.id))
    if wanted and mine is None:
        db.session.add(WouldCome(proposal_id=proposal_id, person_id=viewer.id))
    elif not wanted and mine is not None:
        db.session.delete(mine)
    live.publish("proposals")


def withdraw(viewer: Viewer, proposal_id: int) -> None:
    """Take one's own proposal back, with everything that was said of it. No reason is asked."""
    db.session.delete(_get_own(viewer, proposal_id))
    live.publish("proposals")


def let_rest(viewer: Viewer, proposal_id: int, *, word: str, accepts: bool = False) -> None:
    """Let a proposal rest, with a kind word that only its proposer reads."""
    proposal = _lock_for_answer(viewer, proposal_id)
    proposal.word = wishes.checked_text(word.strip(), WORD, field="word", accepts=accepts)
    if not proposal.word:
        raise Invalid(N_("Write a few kind words to the one who proposed it."), field="word")
    _answer(proposal, viewer, ProposalState.RESTING)
    forget_who_would_come(proposal.id)
    record(ProposalRests(proposal_id=proposal.id, by_id=viewer.id))


def wake(viewer: Viewer, proposal_id: int) -> None:
    """Take a proposal that rests up again."""
    wishes.check_organiser(viewer)
    proposal = proposals.lock_proposal(viewer, proposal_id)
    if proposal.state != ProposalState.RESTING:
        raise Conflict(N_("This proposal has had its answer."))
    proposal.state, proposal.word = ProposalState.OPEN, ""
    proposal.answered_by_id = proposal.answered_at = None
    audit.note(viewer.id, "events.wake_proposal", proposal_id=proposal.id)
    live.publish("proposals")


def fulfil(
    viewer: Viewer, proposal_id: int, *, evening_id: int | None = None, series_id: int | None = None
) -> Proposal:
    """Say that an evening or a series has come of it: the proposer and those who would come are told, once."""
    proposal = _lock_for_answer(viewer, proposal_id)
    if series_id is not None:
        coming = finding.planned_of_series(series_id, after=clock.now())
        evening_id = coming[0].id if coming else None
    proposal.evening_id, proposal.series_id = evening_id, series_id
    _answer(proposal, viewer, ProposalState.MADE)
    if evening_id is not None:
        record(ProposalMade(proposal_id=proposal.id, evening_id=evening_id, by_id=viewer.id))
    forget_who_would_come(proposal.id)
    return proposal


def forget_who_would_come(proposal_id: int) -> None:
    """Forget who would come: it was asked for the answer, and the answer is there."""
    db.session.execute(delete(WouldCome).where(WouldCome.proposal_id == proposal_id))


def forget_old() -> None:
    """Forget the proposals that nobody has taken up, and those whose answer is a month old."""
    moment = clock.now()
    for proposal in proposals.past_use(untouched_since=moment - WAITS, answered_before=moment - ANSWER_STAYS):
        db.session.delete(proposal)


def _checked(wish: ProposalWish) -> dict[str, str]:
    title = " ".join(wish.title.split())
    if not title:
        raise Invalid(N_("Give it a title."), field="title")
    return {
        "title": wishes.checked_text(title, TITLE, field="title", accepts=wish.accepts),
        "why": wishes.checked_text(wish.why.strip(), WHY, field="why", accepts=wish.accepts),
        "timing": wishes.checked_text(wish.timing.strip(), TIMING, field="timing", accepts=wish.accepts),
    }


def _get_own(viewer: Viewer, proposal_id: int) -> Proposal:
    proposal = proposals.lock_proposal(viewer, proposal_id)
    if proposal.proposer_id != viewer.id:
        raise NotAllowed(N_("Only the one who proposed it can do that."))
    return proposal


def _lock_for_answer(viewer: Viewer, proposal_id: int) -> Proposal:
    wishes.check_organiser(viewer)
    proposal = proposals.lock_proposal(viewer, proposal_id)
    _check_open(proposal)
    return proposal


def _check_open(proposal: Proposal) -> None:
    if not proposal.is_open:
        raise Conflict(N_("This proposal has had its answer."))


def _answer(proposal: Proposal, viewer: Viewer, state: ProposalState) -> None:
    proposal.state, proposal.answered_by_id, proposal.answered_at = state, viewer.id, clock.now()
    audit.note(viewer.id, f"events.proposal_{state}", proposal_id=proposal.id)
    db.session.flush()
    live.publish("proposals")


def erase(person_id: int) -> None:
    """Delete a person's proposals, and what they would come to."""
    db.session.execute(delete(WouldCome).where(WouldCome.person_id == person_id))
    db.session.execute(delete(Proposal).where(Proposal.proposer_id == person_id))
    answered = update(Proposal).where(Proposal.answered_by_id == person_id)
    db.session.execute(answered.values(answered_by_id=None))


privacy.register(
    "events",
    what=N_("Evenings you have proposed, the answer you got, and which proposals you would come to"),
    seen_by=N_(
        "Colleagues see the proposal, with your name if you chose so. The answer is yours. "
        "Who would come is a count only, to everybody."
    ),
    kept=N_(
        "Until you take it back; at most half a year without an answer, and a month after one. "
        "That you would come is forgotten with the answer."
    ),
    tables=("proposal", "would_come"),
    export=proposals.export_proposals,
    erase=erase,
)
