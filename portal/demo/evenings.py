"""The rooms, the series and the evenings of the demo desk, with those who have signed up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from typing import Any

from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.queries import finding
from portal.blueprints.events.rules.recurrence import LAST, Frequency
from portal.blueprints.events.service import evenings, series, signups
from portal.blueprints.events.service.wishes import EveningWish, SeriesWish, Words
from portal.blueprints.people.models import Person
from portal.blueprints.rooms.service import rooms
from portal.blueprints.rooms.service.rooms import RoomFacts
from portal.core import clock
from portal.demo import content

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ORGANISER = "ingrid-vikoyr"  # plans what colleagues without the role have proposed
NTHS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": LAST}


def make_rooms(administrator: Person) -> None:
    """Make the meeting rooms; the embedded calendar answers for them."""
    for each in content.read("rooms"):
        known = RoomFacts(
            name=each["name"],
            address=each["email"],
            site=each["site"],
            floor=str(each["floor"]),
            seats=each["seats"],
            equipment=", ".join(each["equipment"]),
            is_bookable=True,
            opens_at=time(7),
            closes_at=time(22),
        )
        rooms.add_room(known, viewer_id=administrator.id)


def make_evenings(people: Mapping[str, Person]) -> None:
    """Make the series and the single evenings, and let people sign up for the next of each."""
    written = content.read("events")
    for each in written["series"]:
        organiser = people[each["organiser"]]
        made = series.make(organiser, _series(each))
        upcoming = finding.planned_of_series(made.id, after=clock.now())
        if upcoming:
            if each.get("film"):
                _announce_film(organiser, upcoming[0], each)
            _sign_up(upcoming[0], each["signed_up"], people)
    for each in written["evenings"]:
        organiser = people[each["organiser"]]
        planner = organiser if organiser.may("events.organise") else people[ORGANISER]
        made_evening = evenings.plan(planner, _evening(each))
        _sign_up(made_evening, each["signed_up"], people)


def _announce_film(organiser: Person, evening: Evening, each: Mapping[str, Any]) -> None:
    """Say what is on: the next evening alone has the film's name and story."""
    title = f"{each['title']}: «{each['film']}»"
    wish = EveningWish(
        words=Words(title=title, details=_details(each, each["text"]), place=each["place"]),
        kind=Kind(each["kind"]),
        starts_at=evening.starts_at,
        ends_at=evening.ends_at,
        capacity=each["capacity"],
    )
    evenings.change(organiser, evening.id, wish)


def _details(each: Mapping[str, Any], text: str) -> str:
    return "\n\n".join(filter(None, (text, each.get("food"))))


def _words(each: Mapping[str, Any]) -> Words:
    details = _details(each, each.get("series_text") or each["text"])
    return Words(title=each["title"], details=details, place=each.get("place") or "")


def _series(each: Mapping[str, Any]) -> SeriesWish:
    rule = each["rule"]
    return SeriesWish(
        words=_words(each),
        kind=Kind(each["kind"]),
        frequency=Frequency.MONTHLY if rule["every"] == "month" else Frequency.WEEKLY,
        weekday=WEEKDAYS.index(rule["weekday"]),
        nth=NTHS[rule["which"]] if rule.get("which") else None,
        starts_on=clock.today(),
        starts=time.fromisoformat(each["time"]),
        minutes=each["minutes"],
        capacity=each["capacity"],
        needs_room=bool(each.get("room_seats")),
        seats=each.get("room_seats"),
    )


def _evening(each: Mapping[str, Any]) -> EveningWish:
    starts_at = clock.at_wall(_next(each["weekday"], each["weeks_ahead"]), time.fromisoformat(each["time"]))
    return EveningWish(
        words=_words(each),
        kind=Kind(each["kind"]),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=each["minutes"]),
        capacity=each["capacity"],
        needs_room=bool(each.get("room_seats")),
        seats=each.get("room_seats"),
    )


def _next(weekday: str, weeks_ahead: int) -> date:
    tomorrow = clock.today() + timedelta(days=1)
    days = (WEEKDAYS.index(weekday) - tomorrow.weekday()) % 7
    return tomorrow + timedelta(days=days, weeks=weeks_ahead)


def _sign_up(evening: Evening, slugs: Iterable[str], people: Mapping[str, Person]) -> None:
    for slug in slugs:
        signups.sign_up(people[slug], evening.id)
