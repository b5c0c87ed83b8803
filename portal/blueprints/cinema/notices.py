"""Who is told what of films and seats."""

from __future__ import annotations

from datetime import datetime

from portal.blueprints.cinema.facts import FilmChosen, FilmPollFact, FilmsTied, NothingTicked, SeatsBought
from portal.blueprints.cinema.queries import polls
from portal.blueprints.events.queries import finding
from portal.blueprints.events.service import news
from portal.blueprints.notifications import service as notifications
from portal.blueprints.people import queries as people
from portal.core import i18n
from portal.core.facts import on
from portal.core.i18n import N_

notifications.notice_group("cinema", N_("Cinema: a film that you ticked is chosen"))
notifications.notice_group("cinema_seats", N_("Cinema: the seats are bought, and what your part is"))
notifications.notice_group("cinema_polls", N_("Film polls you have opened: how they ended"))

notifications.notice_kind(
    "cinema.chosen",
    group="cinema",
    text=N_("«%(title)s», which you ticked, is chosen: %(day)s at %(time)s. Sign up and a place is yours."),
    icon="film",
)
notifications.notice_kind(
    "cinema.tied",
    group="cinema_polls",
    text=N_("Films stand equal in «%(title)s». You may choose until %(day)s at %(time)s; then the earliest wins."),
    icon="film",
)
notifications.notice_kind(
    "cinema.nothing",
    group="cinema_polls",
    text=N_("«%(title)s» ended without a film. You can open it again."),
    icon="film",
)
notifications.notice_kind(
    "cinema.bought",
    group="cinema_seats",
    text=N_("The seats for «%(title)s» are bought. Here is your part."),
    icon="film",
)


@on(FilmChosen)
def tell_those_who_ticked_it(fact: FilmChosen) -> None:
    """Tell everybody who said that they would come to the film that won."""
    evening = finding.get_evening(fact.evening_id)
    persons = people.people(polls.who_ticked(fact.showing_id))
    news.tell(evening, persons, kind="cinema.chosen", actor_id=fact.by_id, key=f"poll-{fact.poll_id}")


@on(FilmsTied)
def tell_of_a_tie(fact: FilmsTied) -> None:
    """Tell whoever opened the poll that there is a choice to make."""
    poll = polls.get_poll(fact.poll_id)
    _tell_organiser(fact, "cinema.tied", until=poll.choose_by)


@on(NothingTicked)
def tell_of_an_empty_poll(fact: NothingTicked) -> None:
    """Tell whoever opened the poll that no film came of it."""
    _tell_organiser(fact, "cinema.nothing")


@on(SeatsBought)
def tell_of_the_parts(fact: SeatsBought) -> None:
    """Tell those who have a part in what was bought."""
    notifications.tell_many(
        fact.person_ids,
        kind="cinema.bought",
        params={"title": finding.get_evening(fact.evening_id).title},
        endpoint="cinema.tickets",
        values={"evening_id": fact.evening_id},
        actor_id=fact.buyer_id,
    )


def _tell_organiser(fact: FilmPollFact, kind: str, *, until: datetime | None = None) -> None:
    poll = polls.get_poll(fact.poll_id)
    organiser = polls.organiser_of(poll)
    if organiser:
        notifications.tell(
            organiser.id,
            kind=kind,
            params={"title": poll.title, **(_when(until, organiser.locale) if until else {})},
            endpoint="cinema.poll",
            values={"poll_id": poll.id},
        )


def _when(moment: datetime, locale: str) -> dict[str, str]:
    return {"day": i18n.format_day(moment, locale), "time": i18n.format_time(moment, locale)}
