"""Many at once on the same talk: real threads on a database of their own. One outcome each, and no wait for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.blueprints.people import queries as people
from portal.blueprints.talks.models import Buddy, Talk, TalkTold
from portal.blueprints.talks.rules import Answer, State
from portal.blueprints.talks.service import answering, asking, buddies, course
from portal.core.db import db, transaction
from portal.core.errors import Conflict, NotAllowed, NotFound
from tests.factories.people import make_person
from tests.factories.talks import make_peer, make_talk
from tests.racing import THREADS, Act, race
from tests.talks.conftest import NOW

ROUNDS = 6


@pytest.fixture(autouse=True)
def stopped(at: Callable[[datetime], None]) -> None:
    at(NOW)


def by(person_id: int, verb: Callable[..., object], *args: object, **named: object) -> Act:
    return lambda: verb(people.get_person(person_id), *args, **named)


def mixed(*sides: Iterable[Act]) -> list[Act]:
    """Put the sides of a race in turn, so that threads begin on each of them."""
    return [act for group in zip(*sides, strict=True) for act in group]


def wishes(own: Flask, count: int) -> list[tuple[str, int, list[int]]]:
    """Give wishes to peer supporters: the talk, its asker, and who is told."""
    with own.app_context():
        made = []
        for _ in range(count):
            for _ in range(3):
                make_peer()
            with transaction():
                asker = make_person()
            talk = make_talk(asker)
            told = db.session.scalars(select(TalkTold.person_id).where(TalkTold.talk_id == talk.id)).all()
            made.append((talk.id, asker.id, list(told)))
        db.session.remove()
        return made


def find(own: Flask, talk_id: str) -> Talk | None:
    with own.app_context():
        talk = db.session.get(Talk, talk_id)
        if talk:
            db.session.expunge(talk)
        db.session.remove()
        return talk


def count(own: Flask, table: type) -> int:
    with own.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_of_three_who_say_yes_at_once_one_is_there(own: Flask) -> None:
    made = wishes(own, ROUNDS)
    acts = [by(peer, answering.answer, talk_id, Answer.NOW) for talk_id, _, told in made for peer in told]
    refused = race(own, acts)
    assert len(refused) == 2 * ROUNDS
    assert {type(error) for error in refused} == {NotFound}
    for talk_id, _, told in made:
        talk = find(own, talk_id)
        assert talk is not None
        assert talk.state == State.AGREED
        assert talk.helper_id in told
    assert count(own, TalkTold) == 0


def test_a_wish_taken_back_while_somebody_says_yes_is_one_or_the_other(own: Flask) -> None:
    made = wishes(own, ROUNDS)
    back = [by(asker, answering.close, talk_id) for talk_id, asker, _ in made]
    yes = [by(told[0], answering.answer, talk_id, Answer.NOW) for talk_id, _, told in made]
    refused = race(own, mixed(back, yes))
    # Taken back first, the yes finds nothing; said first, it is closed by the asker right afterwards.
    assert {type(error) for error in refused} <= {NotFound}
    assert count(own, Talk) == 0
    assert count(own, TalkTold) == 0


def test_a_yes_that_comes_as_the_others_are_asked_is_a_yes(own: Flask, at: Callable[[datetime], None]) -> None:
    made = wishes(own, ROUNDS)
    steps: list[Act] = [lambda talk_id=talk_id: course.step(talk_id) for talk_id, _, _ in made]  # type: ignore[misc]
    yes = [by(told[0], answering.answer, talk_id, Answer.TODAY) for talk_id, _, told in made]
    no = [by(told[1], answering.answer, talk_id, Answer.NO) for talk_id, _, told in made]
    refused = race(own, mixed(steps, yes, no))
    assert {type(error) for error in refused} <= {NotFound}
    for talk_id, _, told in made:
        talk = find(own, talk_id)
        assert talk is not None
        assert (talk.state, talk.helper_id) == (State.AGREED, told[0])
    assert count(own, TalkTold) == 0


def test_two_who_close_at_once_have_closed_it(own: Flask) -> None:
    made = wishes(own, ROUNDS)
    race(own, [by(told[0], answering.answer, talk_id, Answer.NOW) for talk_id, _, told in made])
    ours = [by(asker, answering.close, talk_id) for talk_id, asker, _ in made]
    theirs = [by(told[0], answering.close, talk_id) for talk_id, _, told in made]
    refused = race(own, mixed(ours, theirs))
    assert len(refused) == ROUNDS
    assert {type(error) for error in refused} == {NotFound}
    assert count(own, Talk) == 0


def test_asking_many_times_at_once_is_one_wish(own: Flask) -> None:
    with own.app_context(), transaction():
        asker, first, second = (make_person().id for _ in range(3))
    same = [by(asker, asking.ask_colleague, first) for _ in range(THREADS)]
    other = [by(asker, asking.ask_colleague, second) for _ in range(THREADS)]
    refused = race(own, mixed(same, other))
    assert {type(error) for error in refused} == {Conflict}
    assert len(refused) == THREADS
    assert count(own, Talk) == 1


def test_a_buddy_who_agrees_while_it_is_ended_is_none(own: Flask) -> None:
    with own.app_context():
        bonds = []
        for _ in range(ROUNDS):
            with transaction():
                asker, buddy = make_person(), make_person()
                buddies.ask(asker, buddy.id)
            bond = db.session.scalars(select(Buddy).where(Buddy.person_id == asker.id)).one()
            bonds.append((bond.id, asker.id, buddy.id))
        db.session.remove()
    yes = [by(buddy, buddies.agree, bond_id) for bond_id, _, buddy in bonds]
    ends = [by(asker, buddies.end, bond_id) for bond_id, asker, _ in bonds]
    refused = race(own, mixed(yes, ends))
    assert not [error for error in refused if isinstance(error, NotAllowed)]
    assert count(own, Buddy) == 0
