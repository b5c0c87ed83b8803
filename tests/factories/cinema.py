"""Film polls, proposals and ticks for tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.blueprints.cinema.models.polls import FilmPoll, Showing, Tick
from portal.blueprints.cinema.service import polls
from portal.blueprints.people.models import Person
from portal.core import clock
from portal.core.db import db


def make_poll(
    organiser: Person, *, title: str = "Desemberfilmen", closes_at: datetime | None = None, **values: object
) -> FilmPoll:
    """Open a poll that ends in two days."""
    closes_at = closes_at or clock.now() + timedelta(days=2)
    return polls.make(organiser, title=title, closes_at=closes_at, **values)  # type: ignore[arg-type]


def make_showing(
    poll: FilmPoll,
    film: str = "Troll på tunet",
    *,
    days: int = 5,
    ticked_by: list[Person] | None = None,
    **values: object,
) -> Showing:
    """Propose a film, so many days from now, ticked by some."""
    wanted = {
        "poll_id": poll.id,
        "film": film,
        "place": "Konsertpaleet",
        "starts_at": (clock.now() + timedelta(days=days)).replace(minute=0, second=0, microsecond=0),
        "minutes": 117,
        "price": 14900,
        **values,
    }
    showing = Showing(**wanted)
    db.session.add(showing)
    db.session.flush()
    for person in ticked_by or []:
        db.session.add(Tick(showing_id=showing.id, person_id=person.id))
    db.session.flush()
    db.session.expire(poll, ["showings"])
    return showing
