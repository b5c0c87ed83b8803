"""A place is free, and what became of it."""

from __future__ import annotations

from portal.blueprints.events.facts import MovedUp, OfferLapsed, SeatOffered
from portal.blueprints.events.queries import attendance, finding
from portal.blueprints.events.service import answers, news
from portal.blueprints.people import queries as people
from portal.core import i18n
from portal.core.facts import on


@on(MovedUp)
def tell_the_lucky_one(fact: MovedUp) -> None:
    """Tell somebody who waited that there is a place."""
    evening = finding.get_evening(fact.evening_id)
    news.tell(evening, [people.get_person(fact.person_id)], kind="events.moved_up")


@on(SeatOffered)
def ask_who_is_next(fact: SeatOffered) -> None:
    """Ask somebody who waited whether they want the seat: in the inbox, and by a mail with a yes and a no in it."""
    evening, mine = finding.get_evening(fact.evening_id), attendance.get_sign_up(fact.person_id, fact.evening_id)
    if mine.offered_until:
        until = i18n.format_moment(mine.offered_until, mine.person.locale)
        news.tell(evening, [mine.person], kind="events.offered", until=until)
        answers.ask(evening, mine, until=mine.offered_until)


@on(OfferLapsed)
def tell_that_it_went_on(fact: OfferLapsed) -> None:
    """Tell somebody who did not answer that the seat went on; the way back into the line is one press."""
    evening = finding.get_evening(fact.evening_id)
    news.tell(evening, [people.get_person(fact.person_id)], kind="events.offer_lapsed")
