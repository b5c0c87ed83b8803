"""Proposals, and the ticks that nobody else sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from portal.blueprints.cinema.models.polls import PLACE, TITLE, FilmPoll, Showing, Tick
from portal.blueprints.cinema.queries import polls as finding
from portal.blueprints.cinema.rules import addresses, ballot, money
from portal.blueprints.cinema.service import polls
from portal.blueprints.events.service import wishes
from portal.core import clock
from portal.core.db import db, is_sqlite
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer

MOST_IN_A_POLL = 40
MOST_OF_ONE = 8
SHORTEST, LONGEST = 30, 360


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A film at a time, as somebody would like it. `accepts`: no number in it is an identity number."""

    film: str
    starts_at: datetime
    minutes: int
    link: str = ""
    place: str = ""
    price: int | None = None
    accepts: bool = False


def propose(viewer: Viewer, poll_id: int, wish: Wish) -> Showing:
    """Propose a film at a time. Whoever proposes would come: it is ticked for them, and can be unticked."""
    film = wishes.checked_text(" ".join(wish.film.split()), TITLE, field="film", accepts=wish.accepts)
    place = wishes.checked_text(" ".join(wish.place.split()), PLACE, field="place", accepts=wish.accepts)
    _check(wish, film)
    poll = _open_poll(poll_id)
    if wish.starts_at < poll.closes_at + ballot.LEAD:
        raise Invalid(N_("The film must begin at least two hours after the poll ends."), field="day")
    same = _find_same(poll, film, wish.starts_at)
    if same and same.proposed_by_id == viewer.id:
        return same  # the form was sent twice
    if same:
        raise Conflict(N_("That film at that time is proposed already. Tick it instead."))
    _check_room(viewer, poll)
    showing = Showing(
        poll_id=poll.id,
        proposed_by_id=viewer.id,
        film=film,
        link=wish.link.strip(),
        place=place,
        starts_at=wish.starts_at,
        minutes=wish.minutes,
        price=wish.price,
    )
    db.session.add(showing)
    db.session.flush()
    _put_tick(showing.id, viewer.id)
    polls.publish(poll)
    return showing


def withdraw(viewer: Viewer, poll_id: int, showing_id: int) -> None:
    """Take a proposal away: one's own, or any as an organiser. Twice is harmless."""
    poll = _open_poll(poll_id)
    showing = _find(poll, showing_id)
    if showing is None:
        return
    if showing.proposed_by_id != viewer.id and not viewer.may("events.organise"):
        raise NotAllowed(N_("This is not open to you."))
    db.session.execute(delete(Tick).where(Tick.showing_id == showing.id))
    db.session.execute(delete(Showing).where(Showing.id == showing.id))
    db.session.expire(poll, ["showings"])
    polls.publish(poll)


def tick(viewer: Viewer, poll_id: int, showing_id: int, *, comes: bool) -> None:
    """Say that one would come to a proposal, or take it back. Nobody is told, in no way: not even that it happened."""
    poll = _open_poll(poll_id)
    if _find(poll, showing_id) is None:
        raise NotFound(N_("That proposal is not here any more."))
    if comes:
        _put_tick(showing_id, viewer.id)
    else:
        db.session.execute(delete(Tick).where(Tick.showing_id == showing_id, Tick.person_id == viewer.id))


def count(poll: FilmPoll) -> dict[int, int]:
    """Count the ticks of a poll that is closing; the only place that does."""
    counted = select(Tick.showing_id, func.count()).join(Showing).where(Showing.poll_id == poll.id)
    return {showing_id: ticks for showing_id, ticks in db.session.execute(counted.group_by(Tick.showing_id))}


def _put_tick(showing_id: int, person_id: int) -> None:
    insert = sqlite.insert(Tick) if is_sqlite() else postgresql.insert(Tick)
    db.session.execute(insert.values(showing_id=showing_id, person_id=person_id).on_conflict_do_nothing())


def _open_poll(poll_id: int) -> FilmPoll:
    poll = finding.lock_poll(poll_id)
    if not poll.is_open:
        raise Conflict(N_("This poll is closed."))
    return poll


def _find(poll: FilmPoll, showing_id: int) -> Showing | None:
    return next((showing for showing in polls.showings_of(poll) if showing.id == showing_id), None)


def _find_same(poll: FilmPoll, film: str, starts_at: datetime) -> Showing | None:
    known = {(showing.film.casefold(), showing.starts_at): showing for showing in polls.showings_of(poll)}
    return known.get((film.casefold(), starts_at))


def _check(wish: Wish, film: str) -> None:
    if not film:
        raise Invalid(N_("Which film is it?"), field="film")
    if wish.link.strip() and not addresses.is_page(wish.link.strip()):
        raise Invalid(N_("Write an address that begins with https://, or leave it empty."), field="link")
    if not SHORTEST <= wish.minutes <= LONGEST:
        raise Invalid(N_("It lasts from 30 minutes to 6 hours."), field="minutes")
    if wish.price is not None and not 0 <= wish.price <= money.MOST:
        raise Invalid(N_("Write the price as kroner, such as 149 or 149,50."), field="price")
    if wish.starts_at <= clock.now():
        raise Invalid(N_("Choose a time that is still to come."), field="day")
    wishes.check_start(clock.wall(wish.starts_at).time())


def _check_room(viewer: Viewer, poll: FilmPoll) -> None:
    mine = [showing for showing in poll.showings if showing.proposed_by_id == viewer.id]
    if len(mine) >= MOST_OF_ONE or len(poll.showings) >= MOST_IN_A_POLL:
        raise Conflict(N_("There are enough proposals to choose from now."))
