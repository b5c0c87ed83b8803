"""Film polls as a viewer sees them: their own ticks, and nobody else's in any form while the poll is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from portal.blueprints.cinema.models.polls import FilmPoll, PollState, Showing, Tick
from portal.blueprints.events.models.evenings import Evening, EveningState, Kind
from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer

RUNNING = (PollState.OPEN, PollState.TIED, PollState.NOTHING)
EARLIER = 12


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One proposal as a viewer sees it."""

    showing: Showing
    is_ticked: bool
    is_mine: bool
    leads: bool = False

    @property
    def ticks(self) -> int | None:
        """Give the number of ticks; none until the poll is closed and counted."""
        return self.showing.ticks if self.showing.poll.shows_counts else None


@dataclass(frozen=True, kw_only=True)
class PollPage:
    """Everything that the page of a poll shows to a viewer."""

    poll: FilmPoll
    proposals: Sequence[Proposal]

    @property
    def most(self) -> int:
        """Give the highest number, to draw the others against; nought while nothing is counted."""
        return max((proposal.ticks or 0 for proposal in self.proposals), default=0)


def get_poll(poll_id: int) -> FilmPoll:
    """Give a poll with its proposals."""
    poll = db.session.scalar(_polls().where(FilmPoll.id == poll_id))
    if poll is None or poll.state == PollState.CALLED_OFF:
        raise NotFound(N_("That poll is not here."))
    return poll


def lock_poll(poll_id: int) -> FilmPoll:
    """Give a poll as it is now, and keep others from ticking or closing it until the transaction ends."""
    fresh = select(FilmPoll).where(FilmPoll.id == poll_id).with_for_update(of=FilmPoll)
    poll = db.session.scalar(fresh.execution_options(populate_existing=True))
    if poll is None or poll.state == PollState.CALLED_OFF:
        raise NotFound(N_("That poll is not here."))
    return poll


def poll_page(viewer: Viewer, poll_id: int) -> PollPage:
    """Give a poll with the viewer's own ticks."""
    poll = get_poll(poll_id)
    return PollPage(poll=poll, proposals=_proposals(viewer, poll))


def find_of_evening(evening_id: int) -> FilmPoll | None:
    """Find the poll whose film the evening is for."""
    attached = _polls().where(FilmPoll.evening_id == evening_id, FilmPoll.state != PollState.CALLED_OFF)
    return db.session.scalar(attached.order_by(FilmPoll.id.desc()).limit(1))


def running() -> Sequence[FilmPoll]:
    """Give the polls that are not settled, the first to close first."""
    query = _polls().where(FilmPoll.state.in_(RUNNING))
    return db.session.scalars(query.order_by(FilmPoll.closes_at, FilmPoll.id)).all()


def earlier() -> Sequence[FilmPoll]:
    """Give the last polls that gave an evening, the newest first."""
    query = _polls().where(FilmPoll.state == PollState.SETTLED)
    return db.session.scalars(query.order_by(FilmPoll.closes_at.desc(), FilmPoll.id.desc()).limit(EARLIER)).all()


def nights_without_film() -> Sequence[Evening]:
    """Give the cinema nights of the series to come that no poll is for."""
    taken = select(FilmPoll.evening_id).where(FilmPoll.evening_id.is_not(None), FilmPoll.state != PollState.CALLED_OFF)
    query = (
        select(Evening)
        .options(joinedload(Evening.series))
        .where(
            Evening.kind == Kind.CINEMA,
            Evening.state == EveningState.PLANNED,
            Evening.starts_at > clock.now(),
            Evening.id.not_in(taken),
        )
    )
    return db.session.scalars(query.order_by(Evening.starts_at, Evening.id).limit(20)).all()


def find_same(viewer: Viewer, *, title: str, closes_at: datetime) -> FilmPoll | None:
    """Find the open poll that a viewer has just made: a form sent twice makes one."""
    mine = select(FilmPoll).where(FilmPoll.organiser_id == viewer.id, FilmPoll.state == PollState.OPEN)
    return db.session.scalar(mine.where(FilmPoll.title == title, FilmPoll.closes_at == closes_at).limit(1))


def organiser_of(poll: FilmPoll) -> Person | None:
    """Give who organises what comes of a poll: whoever opened it, or else somebody who may."""
    able = people.who_may("events.organise")
    return next((person for person in able if person.id == poll.organiser_id), able[0] if able else None)


def who_ticked(showing_id: int) -> Sequence[int]:
    """Give who ticked a proposal, for telling them that it won; nobody is shown it."""
    return db.session.scalars(select(Tick.person_id).where(Tick.showing_id == showing_id)).all()


def is_old(poll: FilmPoll, moment: datetime) -> bool:
    """Tell whether a poll has waited for its own end."""
    return poll.state == PollState.OPEN and poll.closes_at <= moment


def export_of(person_id: int) -> list[dict[str, Any]]:
    """Give what a person proposed and ticked, for the export of their data."""
    ticked = set(db.session.scalars(select(Tick.showing_id).where(Tick.person_id == person_id)))
    theirs = select(Showing).where((Showing.proposed_by_id == person_id) | Showing.id.in_(ticked)).order_by(Showing.id)
    organised = select(FilmPoll).where(FilmPoll.organiser_id == person_id).order_by(FilmPoll.id)
    return [{"organises": poll.title} for poll in db.session.scalars(organised)] + [
        {
            "film": showing.film,
            "place": showing.place,
            "starts_at": showing.starts_at,
            "is_proposed_by_you": showing.proposed_by_id == person_id,
            "is_ticked_by_you": showing.id in ticked,
        }
        for showing in db.session.scalars(theirs)
    ]


def _polls() -> Select[FilmPoll]:
    return select(FilmPoll).options(
        selectinload(FilmPoll.showings), joinedload(FilmPoll.evening).joinedload(Evening.series)
    )


def _proposals(viewer: Viewer, poll: FilmPoll) -> list[Proposal]:
    ids = [showing.id for showing in poll.showings]
    mine = set(db.session.scalars(select(Tick.showing_id).where(Tick.person_id == viewer.id, Tick.showing_id.in_(ids))))
    leading = {showing.id for showing in poll.leaders} if poll.state == PollState.TIED else set()
    return [
        Proposal(
            showing=showing,
            is_ticked=showing.id in mine,
            is_mine=showing.proposed_by_id == viewer.id,
            leads=showing.id in leading,
        )
        for showing in poll.showings
    ]
