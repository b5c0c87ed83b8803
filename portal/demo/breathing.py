"""How the demo desk breathes: walls, a diary, the pulse's weeks, whom one can turn to, and coffee."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from portal.blueprints.checkins.rules.faces import Face, Said
from portal.blueprints.checkins.rules.teams import Sign
from portal.blueprints.checkins.service import checking_in, diary, teams
from portal.blueprints.coffee.rules import pairing
from portal.blueprints.coffee.rules.times import Rhythm
from portal.blueprints.coffee.service import rounds, taking_part
from portal.blueprints.people.models import Person
from portal.blueprints.pulse import jobs as pulse_rounds
from portal.blueprints.pulse.models import Annotation, Note, Published, Round
from portal.blueprints.pulse.rules.levels import DESK
from portal.blueprints.talks.queries import buddies as bonds
from portal.blueprints.talks.rules import Suits
from portal.blueprints.talks.service import asking, buddies, cards
from portal.core import clock, sealing
from portal.core.db import db
from portal.demo import content


def make_breathing(people: Mapping[str, Person]) -> None:
    """Make all of it."""
    written = content.read("breathing")
    for each in written["wall"]:
        _hang_up(each, people)
    shared = written["shared"]
    checking_in.check_in(
        people[shared["who"]], face=Face(shared["face"]), words=shared["words"], reader_id=people[shared["with"]].id
    )
    _write_diary(written["diary"], people)
    _beat(written["pulse"], people)
    pulse_rounds.turn()  # the worker would see to it in ten minutes: too late for who looks at the house at once
    _turn_to(written, people)
    _have_coffee(list(people.values())[: written["coffee"]])


def _hang_up(each: Mapping[str, Any], people: Mapping[str, Person]) -> None:
    with clock.frozen(content.moment(each["minutes_ago"])):
        said = teams.say(people[each["who"]], face=Face(each["face"]), words=each["words"])
        if each["answered"]:
            who, sign = each["answered"]
            teams.give_sign(people[who], said.id, Sign(sign))


def _write_diary(written: Mapping[str, Any], people: Mapping[str, Person]) -> None:
    owner = people[written["who"]]
    diary.make(owner, passphrase=written["passphrase"])
    diary.note_code_kept(owner)
    for each in written["entries"]:
        said = Said(face=Face(each["face"]), words=each["words"])
        diary.write(owner.id, said, moment=clock.now() - timedelta(weeks=each["weeks_ago"]))


def _beat(pulse: Mapping[str, Any], people: Mapping[str, Person]) -> None:
    """Show what earlier rounds have said. No answers lie behind it: of a real round nothing else would be left."""
    monday = clock.today() - timedelta(days=clock.today().weekday())
    team_id = next(iter(people.values())).team_id
    for number, level in enumerate(pulse["levels"]):
        opens_on = monday - timedelta(weeks=len(pulse["levels"]) - number)
        closes_on = opens_on + timedelta(days=4)
        week = Round(
            opens_at=clock.at_wall(opens_on, time(7)),
            closes_at=clock.at_wall(closes_on, time(16)),
            published_on=closes_on,
            k=5,
        )
        db.session.add(week)
        db.session.flush()
        if level:
            db.session.add(Published(round_id=week.id, cell=DESK, level=level))
            if number % 2 and team_id:
                db.session.add(Published(round_id=week.id, cell=team_id, level=min(5, level + 1)))
    for mark in pulse["marks"]:
        day = monday - timedelta(weeks=mark["weeks_ago"]) + timedelta(days=1)
        db.session.add(Annotation(day=day, words=mark["words"]))
    for words in pulse["notes"]:
        name = secrets.token_hex(16)
        sealed = sealing.seal(words, context=f"pulse:note:{name}")
        db.session.add(Note(id=name, published_on=clock.today(), sealed=sealed))
    db.session.flush()


def _turn_to(written: Mapping[str, Any], people: Mapping[str, Person]) -> None:
    keeper = next(person for person in people.values() if person.may("talks.manage_cards"))
    for card in written["cards"]:
        cards.add(keeper, cards.Card(**card))
    one, other = (people[slug] for slug in written["buddies"])
    buddies.ask(one, other.id)
    buddies.agree(other, bonds.bonds_to(other)[0].id)
    asks = written["asks"]
    asking.ask_colleague(people[asks["who"]], people[asks["whom"]].id, suits=Suits.TODAY)


def _have_coffee(crowd: list[Person]) -> None:
    for number, person in enumerate(crowd):
        taking_part.take_part(person, rhythm=Rhythm.WEEKLY, weekday=(None, 2, 3)[number % 3])
    plan = rounds.plan_week()  # nothing from Thursday on
    if plan:
        rounds.set_tables(plan, pairing.groups(plan.week))
