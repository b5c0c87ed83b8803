"""What the demo desk does with its evenings: games on the shelf, a film poll, pizza, and what people propose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from portal.blueprints.cinema.service import ballots, polls
from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.queries import attendance, finding
from portal.blueprints.events.service import proposals
from portal.blueprints.events.service.proposals import ProposalWish
from portal.blueprints.games.models import Game
from portal.blueprints.games.rules.shelf import Entry
from portal.blueprints.games.rules.tables import Wish
from portal.blueprints.games.service import evenings, shelves
from portal.blueprints.meals.rules import Diet, Needs
from portal.blueprints.meals.service import dining, meals
from portal.blueprints.people.models import Person
from portal.core import clock
from portal.demo import content

ORGANISER = "ingrid-vikoyr"


def make_together(people: Mapping[str, Person]) -> None:
    """Make it for the next evening of board games, and the cinema of next month."""
    written = content.read("together")
    shelf = {each["name"]: _shelve(each, people) for each in written["games"]}
    month_ahead = finding.planned_between(clock.now(), clock.now() + timedelta(days=30))
    night = next((evening for evening in month_ahead if evening.kind == Kind.BOARD_GAMES and evening.series_id), None)
    if night:
        _bring_and_wish(night, shelf, written, people)
        _eat(night, written["meal"], people)
    _vote(written["poll"], people)
    for each in written["proposals"]:
        _propose(each, people)


def _shelve(each: Mapping[str, Any], people: Mapping[str, Person]) -> Game:
    known = {key: value for key, value in each.items() if key != "owner"}
    return shelves.add(people[each["owner"] or ORGANISER], Entry(**known), is_common=each["owner"] is None)


def _bring_and_wish(
    night: Evening, shelf: Mapping[str, Game], written: Mapping[str, Any], people: Mapping[str, Person]
) -> None:
    for name, slug in written["brought"].items():
        if attendance.is_in(people[slug].id, night.id):
            evenings.bring(people[slug], night.id, shelf[name].id)
    for slug in {*written["wishes"], *written["teaches"]}:
        if attendance.is_in(people[slug].id, night.id):
            said = written["wishes"].get(slug, {})
            wishes = {shelf[name].id: Wish(word) for name, word in said.items()}
            teaches = {shelf[name].id: True for name in written["teaches"].get(slug, ())}
            evenings.wish(people[slug], night.id, wishes, teaches=teaches)


def _eat(night: Evening, meal: Mapping[str, Any], people: Mapping[str, Person]) -> None:
    deadline = night.starts_at - timedelta(hours=5)
    if deadline <= clock.now():
        return
    at = night.starts_at + timedelta(minutes=meal["after_minutes"])
    made = meals.plan(people[ORGANISER], night.id, meals.Wish(what=meal["what"], at=at, deadline=deadline))
    for slug in meal["eats"]:
        if attendance.is_in(people[slug].id, night.id):
            dining.eat(people[slug], made.id)
            if slug in meal["needs"]:
                dining.tell_needs(people[slug], Needs(diets=frozenset(map(Diet, meal["needs"][slug]))))


def _vote(poll: Mapping[str, Any], people: Mapping[str, Person]) -> None:
    closes_at = clock.at_wall(clock.today() + timedelta(days=9), time(20))
    made = polls.make(people[poll["organiser"]], title=poll["title"], closes_at=closes_at)
    for each in poll["films"]:
        starts_at = clock.at_wall(clock.today() + timedelta(days=each["days"]), time.fromisoformat(each["time"]))
        wish = ballots.Wish(
            film=each["film"],
            starts_at=starts_at,
            minutes=each["minutes"],
            place=each["place"],
            price=each["price"],
        )
        showing = ballots.propose(people[each["by"]], made.id, wish)
        for slug in each["ticks"]:
            ballots.tick(people[slug], made.id, showing.id, comes=True)


def _propose(each: Mapping[str, Any], people: Mapping[str, Person]) -> None:
    wish = ProposalWish(
        title=each["title"],
        kind=Kind(each["kind"]),
        why=each["why"],
        timing=each["timing"],
        is_named=each["is_named"],
    )
    made = proposals.propose(people[each["by"]], wish)
    for slug in each["would_come"]:
        proposals.choose_would_come(people[slug], made.id, wanted=True)
