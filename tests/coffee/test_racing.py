"""Many press at once: nobody ends up at two tables, and no two wait for each other for ever."""

from __future__ import annotations

from collections import Counter

from flask import Flask
from sqlalchemy import select

from portal.blueprints.coffee.models import Encounter, Group, Member, Round, Seat
from portal.blueprints.coffee.rules import pairing
from portal.blueprints.coffee.service import rounds, taking_part
from portal.blueprints.people import queries as people
from portal.core import clock
from portal.core.db import db, transaction
from tests.factories.coffee import HALF_PAST_SIX, make_members, monday_morning
from tests.factories.people import make_person
from tests.racing import race

CROWD = 24


def test_saying_no_joining_and_making_pairs_at_once_seats_nobody_twice(own: Flask) -> None:
    with clock.frozen(clock.at_wall(monday_morning(), HALF_PAST_SIX)):
        with own.app_context():
            with transaction():
                ids = [make_person(f"Person {number}").id for number in range(CROWD)]
                make_members(*(people.get_person(each) for each in ids[:16]))
            with transaction():
                plan = rounds.plan_week()
                assert plan is not None
            groups = pairing.groups(plan.week)
        again = [lambda: rounds.set_tables(plan, groups) for _ in range(1)]
        assert race(own, again) == []
        noes = [lambda each=each: taking_part.not_this_time(people.get_person(each)) for each in ids[:12]]
        joins = [lambda each=each: make_members(people.get_person(each)) for each in ids[16:]]
        leaving = [lambda each=each: taking_part.forget_person(each) for each in ids[12:14]]
        assert race(own, [*noes, *joins, *leaving]) == []
        with own.app_context():
            seats = Counter(db.session.scalars(select(Seat.person_id)))
            members = {member.person_id: member for member in db.session.scalars(select(Member))}
            tables = [sorted(seat.person_id for seat in group.seats) for group in db.session.scalars(select(Group))]
            assert set(seats.values()) == {1}
            assert set(seats).isdisjoint(ids[:14])
            assert all(len(table) > 1 for table in tables)
            met = {(each.low_id, each.high_id) for each in db.session.scalars(select(Encounter))}
            assert met == {two for table in tables for two in pairing.pairs_of(table)}
            assert all((members[each].free_in is None) for each in seats)
            assert len(db.session.scalars(select(Round)).all()) == 1
            assert sum(member.free_in is not None for member in members.values()) <= 1
            db.session.remove()
