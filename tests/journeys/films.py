"""Films and food of the week that has been lived: polls in each of their states, seats that are bought, and pizza."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from portal.blueprints.cinema.service import ballots, polls, settling, tickets
from portal.blueprints.cinema.service.ballots import Wish
from portal.blueprints.events.service import signups
from portal.blueprints.meals.rules import Diet, Needs
from portal.blueprints.meals.service import dining, meals
from portal.blueprints.people.models import Person
from portal.core import clock
from tests.journeys.desk import KARI, ODDNY, OLA, PER


def watch_films(people: Mapping[str, Person]) -> None:
    """Let one poll be open, one have given an evening with seats and food, and one be tied."""
    oddny, kari, ola, per = (people[cast.username] for cast in (ODDNY, KARI, OLA, PER))
    running = polls.make(oddny, title="Kva film ser vi i desember?", closes_at=_moment(3, 12))
    first = ballots.propose(kari, running.id, _film("Sentimental verdi", 5, link="https://kino.example/film"))
    ballots.tick(ola, running.id, first.id, comes=True)
    ballots.propose(ola, running.id, _film("Ein film med eit svært langt namn som ikkje vil ta slutt", 6, price=None))
    settled = polls.make(oddny, title="Novemberfilmen", closes_at=_moment(2, 12))
    ballots.propose(kari, settled.id, _film("Kon-Tiki", 6, link="https://kino.example/film"))
    settling.close_now(oddny, settled.id)
    tied = polls.make(oddny, title="Haustfilmen", closes_at=_moment(1, 12))
    ballots.propose(kari, tied.id, _film("Armand", 4))
    ballots.propose(ola, tied.id, _film("Flow", 5))
    settling.close_now(oddny, tied.id)
    if settled.evening_id:
        for person in (kari, ola, per, oddny):
            signups.sign_up(person, settled.evening_id)
        tickets.buy(kari, settled.evening_id, amount=14950, is_each=True, phone="900 00 000")
        tickets.say_paid(ola, settled.evening_id, paid=True)
        _eat(people, settled.evening_id)


def _eat(people: Mapping[str, Person], evening_id: int) -> None:
    wish = meals.Wish(what="Pizza", place="Pergola", at=_moment(6, 20), deadline=_moment(5, 12), capacity=14)
    pizza = meals.plan(people[ODDNY.username], evening_id, wish)
    dining.eat(people[KARI.username], pizza.id, guests=1)
    needs = Needs(diets=frozenset({Diet.VEGAN, Diet.NO_NUTS}), other="Selleri")
    dining.tell_needs(people[KARI.username], needs, is_kept=True)


def _film(name: str, days: int, *, link: str = "", price: int | None = 14950) -> Wish:
    return Wish(film=name, starts_at=_moment(days, 18), minutes=117, place="Konsertpaleet", link=link, price=price)


def _moment(days: int, hour: int) -> datetime:
    return clock.at_wall(clock.today() + timedelta(days=days), time(hour))
