"""After an evening: thanks, and pictures."""

from __future__ import annotations

from portal.blueprints.events.facts import EveningIsOver, EveningThanked, PictureTakenDown
from portal.blueprints.events.notices import to_whom
from portal.blueprints.events.queries import attendance, crew, finding
from portal.blueprints.events.service import news
from portal.blueprints.people import queries as people
from portal.core.facts import on


@on(EveningIsOver)
def say_thanks_for_coming(fact: EveningIsOver) -> None:
    """Tell those who came that there may be pictures; never those who did not come."""
    evening = finding.get_evening(fact.evening_id)
    coming = [sign_up for sign_up in attendance.with_people(evening.id) if sign_up.is_in]
    news.tell(evening, to_whom.persons(coming), kind="events.over", key=f"evening-{evening.id}")


@on(EveningThanked)
def tell_those_who_made_it(fact: EveningThanked) -> None:
    """Tell the organiser and those who helped that somebody says thanks; not who, and not how many."""
    evening = finding.get_evening(fact.evening_id)
    news.tell(evening, crew.who_made(evening), kind="events.thanked", actor_id=fact.person_id)


@on(PictureTakenDown)
def tell_of_picture(fact: PictureTakenDown) -> None:
    """Tell whoever shared a picture that it is gone; not by whom."""
    evening, owner = finding.get_evening(fact.evening_id), people.get_person(fact.owner_id)
    news.tell(evening, [owner], kind="events.picture_down", actor_id=fact.by_id)
