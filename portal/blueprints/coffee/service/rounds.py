"""Making the pairs of a week, and finding new company for those who lost theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

from portal.blueprints.coffee import queries
from portal.blueprints.coffee.facts import LeftOver, TableSet, WeekEnded
from portal.blueprints.coffee.models import Encounter, Group, Member, Round, Seat
from portal.blueprints.coffee.queries import Hours
from portal.blueprints.coffee.rules import pairing, times
from portal.blueprints.coffee.rules.pairing import Week
from portal.blueprints.coffee.rules.times import Table
from portal.core import clock
from portal.core.db import db
from portal.core.facts import record

WEDNESDAY = 2  # where the worker stood still on Monday, pairs are still worth making until then


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a week begins from."""

    week_on: date
    week: Week


def plan_week() -> Plan | None:
    """Say who is there this week and could meet; nothing if the pairs of the week are made."""
    today = clock.today()
    if today.weekday() > WEDNESDAY or queries.find_round() is not None:
        return None
    monday = times.monday_of(today)
    due = [each for each in queries.ready_members() if times.is_due(each.rhythm, last_on=each.last_on, week_on=monday)]
    return Plan(week_on=monday, week=_week(due, queries.next_number()))


def set_tables(plan: Plan, groups: Iterable[Sequence[int]]) -> None:
    """Write down who meets in a week, and tell all of them; once, whoever else tries."""
    if queries.find_round() is not None:
        return
    record(WeekEnded())
    number = plan.week.number
    db.session.add(Round(number=number, week_on=plan.week_on))
    db.session.flush()
    there = {member.person_id: member for member in queries.ready_members() if member.person_id in plan.week.slots}
    _seat(there, groups, number=number, week_on=plan.week_on)
    for person_id, member in there.items():
        if member.free_in == number:
            record(LeftOver(number=number, person_id=person_id))


def rematch() -> None:
    """Put those together who still look for company this week."""
    latest = queries.find_round()
    free = {member.person_id: member for member in queries.looking(latest.number)} if latest else {}
    if latest and len(free) > 1:
        week = _week(list(free.values()), latest.number)
        _seat(free, pairing.groups(week), number=latest.number, week_on=latest.week_on)


def _week(members: Sequence[Member], number: int) -> Week:
    ids = [member.person_id for member in members]
    return Week(
        number=number,
        slots={member.person_id: member.slot for member in members},
        could_meet=_could_meet(queries.hours(ids), ids),
        met=queries.met(ids),
        first={member.person_id for member in members if member.is_first},
        size=max(queries.taken_slots(), default=0) + 1,
    )


def _could_meet(hours: Hours, ids: Sequence[int]) -> frozenset[pairing.Pair]:
    # Where no rota says anything, colleagues find a time themselves.
    return times.could_meet(hours.working) if hours.is_known else frozenset(combinations(sorted(ids), 2))


def _seat(there: dict[int, Member], groups: Iterable[Sequence[int]], *, number: int, week_on: date) -> None:
    hours, taken = queries.hours(list(there)), Counter(queries.suggested(number))
    for member in there.values():
        member.finds_nobody(number)
    for group in groups:
        present = [there[each] for each in group if each in there]  # who left while the pairs were made is not
        if len(present) > 1:
            _set_table(present, hours, taken, number=number)
            for member in present:
                member.finds(week_on)
    db.session.flush()


def _set_table(members: Sequence[Member], hours: Hours, taken: Counter[datetime], *, number: int) -> None:
    table = Table(
        working=[hours.working.get(member.person_id, ()) for member in members],
        days=[member.weekday for member in members if member.weekday is not None],
    )
    meets_at = times.suggest(table, taken=taken, zone=clock.OSLO)
    taken.update([meets_at] if meets_at else [])
    group = Group(number=number, meets_at=meets_at, seats=[Seat(person_id=each.person_id) for each in members])
    db.session.add(group)
    pairs = pairing.pairs_of(member.person_id for member in members)
    db.session.add_all(Encounter(low_id=low, high_id=high, number=number) for low, high in pairs)
    db.session.flush()
    record(TableSet(group_id=group.id, number=number))
