"""What the cinema holds about a person: given, erased, and forgotten by itself."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update

from portal.blueprints.cinema.models.polls import FilmPoll, PollState, Showing, Tick
from portal.blueprints.cinema.models.tickets import Order, Share
from portal.blueprints.cinema.queries import polls, tickets
from portal.blueprints.events.models.evenings import Evening
from portal.core import clock, privacy
from portal.core.db import db
from portal.core.i18n import N_

ORDERS_STAY = timedelta(days=60)
POLLS_STAY = timedelta(days=365)
ENDED = (PollState.SETTLED, PollState.NOTHING, PollState.CALLED_OFF)


def forget_old() -> None:
    """Delete what was bought two months after the evening, and polls a year after their end."""
    over = select(Evening.id).where(Evening.ends_at < clock.now() - ORDERS_STAY)
    db.session.execute(delete(Order).where(Order.evening_id.in_(over)))
    old = FilmPoll.closes_at < clock.now() - POLLS_STAY
    db.session.execute(delete(FilmPoll).where(FilmPoll.state.in_(ENDED), old))


def leave_polls(person_id: int) -> None:
    """Take back what somebody has ticked who has left the desk."""
    db.session.execute(delete(Tick).where(Tick.person_id == person_id))


def _erase_choices(person_id: int) -> None:
    leave_polls(person_id)
    mine = update(Showing).where(Showing.proposed_by_id == person_id)
    db.session.execute(mine.values(proposed_by_id=None))
    db.session.execute(update(FilmPoll).where(FilmPoll.organiser_id == person_id).values(organiser_id=None))


def _erase_orders(person_id: int) -> None:
    db.session.execute(delete(Share).where(Share.person_id == person_id))
    db.session.execute(delete(Order).where(Order.buyer_id == person_id))


privacy.register(
    "cinema",
    what=N_("Which films you have proposed, and which you have said you would come to"),
    seen_by=N_("Nobody. When a poll is closed, everybody sees how many ticks each film got, and never whose."),
    kept=N_(
        "Until the film is chosen: then who ticked and who proposed is deleted, and only the films and numbers stay."
    ),
    tables=("film_tick", "film_showing.proposed_by_id", "film_poll.organiser_id"),
    export=polls.export_of,
    erase=_erase_choices,
)
privacy.register(
    "cinema",
    what=N_("Your part in seats that somebody bought, whether it is paid, and the number you gave to be paid back to"),
    seen_by=N_(
        "Whoever bought the seats sees the parts. Those with a part see the number to pay to, and their own part."
    ),
    kept=N_("Until the buyer says it is settled, and never longer than sixty days after the evening."),
    tables=("film_order", "film_share"),
    export=tickets.export_of,
    erase=_erase_orders,
)
