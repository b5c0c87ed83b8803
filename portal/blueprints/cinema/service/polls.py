"""Film polls: opened, changed and called off by organisers."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from portal.blueprints.cinema.models.polls import TITLE, FilmPoll, PollState, Showing, Tick
from portal.blueprints.cinema.queries import polls
from portal.blueprints.cinema.rules import ballot
from portal.blueprints.events.models.evenings import Kind
from portal.blueprints.events.queries import finding
from portal.blueprints.events.service import wishes
from portal.core import audit, clock, jobs, live
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.core.viewer import Viewer

LONGEST = timedelta(days=60)


def make(
    viewer: Viewer, *, title: str, closes_at: datetime, evening_id: int | None = None, accepts: bool = False
) -> FilmPoll:
    """Open a poll, for a night of a series or for an evening that will be made of what wins."""
    wishes.check_organiser(viewer)
    title = _title(title, accepts=accepts)
    _check_end(closes_at)
    sent_before = polls.find_same(viewer, title=title, closes_at=closes_at)
    if sent_before:
        return sent_before
    poll = FilmPoll(title=title, closes_at=closes_at, organiser_id=viewer.id)
    if evening_id is not None:
        poll.evening_id = _night_for(evening_id)
    db.session.add(poll)
    db.session.flush()
    plan_end(poll)
    audit.note(viewer.id, "cinema.open_poll", poll_id=poll.id)
    publish(poll)
    return poll


def change(viewer: Viewer, poll_id: int, *, title: str, closes_at: datetime, accepts: bool = False) -> FilmPoll:
    """Give a poll another title or end; one that gave nothing is open again."""
    wishes.check_organiser(viewer)
    title = _title(title, accepts=accepts)
    _check_end(closes_at)
    poll = polls.lock_poll(poll_id)
    if not poll.can_open_again or polls.is_old(poll, clock.now()):
        raise Conflict(N_("This poll is closed."))
    _check_reach(poll, closes_at)
    poll.title, poll.closes_at, poll.state = title, closes_at, PollState.OPEN
    for showing in poll.showings:
        showing.ticks = None
    db.session.flush()
    plan_end(poll)
    audit.note(viewer.id, "cinema.change_poll", poll_id=poll.id)
    publish(poll)
    return poll


def call_off(viewer: Viewer, poll_id: int) -> None:
    """Let there be no poll. What was ticked is gone at once; an evening it was for stays as it is."""
    wishes.check_organiser(viewer)
    poll = polls.lock_poll(poll_id)
    if poll.state == PollState.SETTLED:
        raise Conflict(N_("This poll is closed."))
    poll.state = PollState.CALLED_OFF
    forget_people(poll)
    audit.note(viewer.id, "cinema.call_off_poll", poll_id=poll.id)
    publish(poll)


def plan_end(poll: FilmPoll) -> None:
    """Have the poll end by itself. One row for all wishes: whoever finds it too early comes again."""
    jobs.enqueue("cinema.close", at=poll.closes_at, key=f"cinema-close-{poll.id}", poll_id=poll.id)


def forget_ticks(poll: FilmPoll) -> None:
    """Delete who ticked what."""
    of_poll = [showing.id for showing in poll.showings]
    db.session.execute(delete(Tick).where(Tick.showing_id.in_(of_poll)))


def forget_people(poll: FilmPoll) -> None:
    """Delete who ticked and who proposed what: it has served."""
    forget_ticks(poll)
    for showing in poll.showings:
        showing.proposed_by_id = None


def publish(poll: FilmPoll) -> None:
    """Tell the open pages that a poll has changed. Never because of a tick: the beat alone would count them."""
    live.publish(f"film-poll-{poll.id}")
    live.publish("evenings")
    if poll.evening_id:
        live.publish(f"evening-{poll.evening_id}")


def _title(title: str, *, accepts: bool) -> str:
    title = " ".join(title.split())
    if not title:
        raise Invalid(N_("Give it a title."), field="title")
    return wishes.checked_text(title, TITLE, field="title", accepts=accepts)


def _check_end(closes_at: datetime) -> None:
    if not clock.now() < closes_at <= clock.now() + LONGEST:
        raise Invalid(N_("Choose an end that is still to come, within sixty days."), field="day")


def _check_reach(poll: FilmPoll, closes_at: datetime) -> None:
    coming = [showing.starts_at for showing in poll.showings if showing.starts_at > clock.now()]
    if coming and min(coming) < closes_at + ballot.LEAD:
        raise Invalid(N_("The poll must end two hours before the earliest film."), field="day")


def _night_for(evening_id: int) -> int:
    evening = finding.lock_evening(evening_id)  # two organisers who press at once make one poll
    if evening.kind != Kind.CINEMA or evening.is_cancelled or evening.has_begun(clock.now()):
        raise Invalid(N_("Choose a cinema night that is still to come."), field="evening_id")
    if polls.find_of_evening(evening_id):
        raise Conflict(N_("There is a poll for that night already."))
    return evening_id


def showings_of(poll: FilmPoll) -> list[Showing]:
    """Give the proposals of a poll as they are now."""
    db.session.refresh(poll, ["showings"])
    return poll.showings
