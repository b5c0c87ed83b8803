"""The end of a poll: counted once, and what wins becomes the evening. Doing it again changes nothing."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

from portal.blueprints.cinema.facts import FilmChosen, FilmsTied, NothingTicked
from portal.blueprints.cinema.models.polls import FilmPoll, PollState, Showing
from portal.blueprints.cinema.queries import polls as finding
from portal.blueprints.cinema.rules import ballot
from portal.blueprints.cinema.rules.ballot import Outcome
from portal.blueprints.cinema.service import ballots, polls
from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.queries import finding as events
from portal.blueprints.events.service import evenings, wishes
from portal.blueprints.events.service.wishes import EveningWish, Words
from portal.core import audit, clock, jobs
from portal.core.db import db
from portal.core.errors import Conflict, NotFound
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

Wait = timedelta | None


def close(poll_id: int) -> Wait:
    """Bring a poll on as far as the clock allows; give how long it has to wait for its next step, if there is one."""
    try:
        poll = finding.lock_poll(poll_id)
    except NotFound:
        return None
    moment = clock.now()
    if poll.state == PollState.OPEN and moment >= poll.closes_at:
        _count(poll, moment)
    elif poll.state == PollState.TIED and poll.choose_by and moment >= poll.choose_by:
        _choose_earliest(poll)
    return _next_step(poll, moment)


def close_now(viewer: Viewer, poll_id: int) -> FilmPoll:
    """End a poll before its time."""
    wishes.check_organiser(viewer)
    poll = finding.lock_poll(poll_id)
    if poll.state != PollState.OPEN:
        raise Conflict(N_("This poll is closed."))
    poll.closes_at = min(poll.closes_at, clock.now())
    audit.note(viewer.id, "cinema.close_poll", poll_id=poll.id)
    _count(poll, clock.now(), by=viewer)
    return poll


def choose(viewer: Viewer, poll_id: int, showing_id: int) -> FilmPoll:
    """Choose among those that stand equal; nothing else can be chosen."""
    wishes.check_organiser(viewer)
    poll = finding.lock_poll(poll_id)
    if poll.state != PollState.TIED:
        raise Conflict(N_("This poll is closed."))
    chosen = next((showing for showing in poll.leaders if showing.id == showing_id), None)
    if chosen is None:
        raise NotFound(N_("That proposal is not here any more."))
    audit.note(viewer.id, "cinema.choose_film", poll_id=poll.id)
    _settle(poll, chosen, organiser=viewer, by=viewer)
    return poll


def _count(poll: FilmPoll, moment: datetime, *, by: Viewer | None = None) -> None:
    counts = ballots.count(poll)
    for showing in polls.showings_of(poll):
        showing.ticks = counts.get(showing.id, 0)
    outcome = ballot.result([showing.as_entry(showing.ticks or 0) for showing in poll.showings], moment)
    organiser = by or finding.organiser_of(poll)
    if outcome.outcome == Outcome.WON and organiser:
        (winner,) = (showing for showing in poll.showings if showing.id == outcome.leaders[0].id)
        _settle(poll, winner, organiser=organiser, by=by)
    elif outcome.outcome == Outcome.NOTHING:
        _give_up(poll)
    else:
        poll.state, poll.choose_by = PollState.TIED, ballot.choose_by(outcome.leaders, moment)
        _plan_choice(poll)
        record(FilmsTied(poll_id=poll.id))
        polls.publish(poll)


def _choose_earliest(poll: FilmPoll) -> None:
    organiser, leaders = finding.organiser_of(poll), poll.leaders
    if not leaders:
        _give_up(poll)
    elif organiser:
        _settle(poll, leaders[0], organiser=organiser)


def _give_up(poll: FilmPoll) -> None:
    poll.state = PollState.NOTHING
    polls.forget_ticks(poll)
    record(NothingTicked(poll_id=poll.id))
    polls.publish(poll)


def _settle(poll: FilmPoll, winner: Showing, *, organiser: Viewer, by: Viewer | None = None) -> None:
    evening = _fill_night(poll, winner, organiser) or evenings.plan(organiser, _wish(winner))
    winner.is_chosen = True
    poll.state, poll.choose_by, poll.evening_id = PollState.SETTLED, None, evening.id
    db.session.flush()
    record(FilmChosen(poll_id=poll.id, showing_id=winner.id, evening_id=evening.id, by_id=by.id if by else None))
    polls.forget_people(poll)
    polls.publish(poll)


def _fill_night(poll: FilmPoll, winner: Showing, organiser: Viewer) -> Evening | None:
    """Let the night of the series be this film; None where there is no night to fill any more."""
    if poll.evening_id is None:
        return None
    night = events.lock_evening(poll.evening_id)
    if night.is_cancelled or night.has_begun(clock.now()):
        return None
    return evenings.change(organiser, night.id, _wish(winner, night=night))


def _wish(winner: Showing, *, night: Evening | None = None) -> EveningWish:
    # The words were looked at when they were proposed, and nobody sits here who could mend them.
    wish = EveningWish(
        words=Words(title=winner.film, place=winner.place, accepts=True),
        kind=Kind.CINEMA,
        starts_at=winner.starts_at,
        ends_at=winner.ends_at,
    )
    return _as_the_night(wish, night) if night else wish


def _as_the_night(wish: EveningWish, night: Evening) -> EveningWish:
    """Let everything of the night stay but what the film brings: its name, its time and its place."""
    words = dataclasses.replace(wish.words, details=night.text, place=wish.words.place or night.place)
    same = dataclasses.replace(
        wish, words=words, capacity=night.capacity, needs_room=night.needs_room, seats=night.seats
    )
    if night.minimum is None or night.decides_at is None:
        return same
    hours = ballot.decide_hours(night.starts_at - night.decides_at, wish.starts_at, clock.now())
    return dataclasses.replace(same, minimum=night.minimum, decide_hours=hours) if hours else same


def _next_step(poll: FilmPoll, moment: datetime) -> Wait:
    due = {PollState.OPEN: poll.closes_at, PollState.TIED: poll.choose_by}.get(PollState(poll.state))
    return max(due - moment, timedelta(minutes=5)) if due else None


def _plan_choice(poll: FilmPoll) -> None:
    if poll.choose_by:
        jobs.enqueue("cinema.close", at=poll.choose_by, key=f"cinema-close-{poll.id}", poll_id=poll.id)
