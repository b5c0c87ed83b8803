"""Who takes part, who could meet, and whom one meets this week."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from portal.blueprints.coffee.models import Encounter, Group, Member, Round, Seat
from portal.blueprints.coffee.rules import times
from portal.blueprints.coffee.rules.pairing import Met, Pair
from portal.blueprints.coffee.rules.times import Span
from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.blueprints.people.queries import Way
from portal.blueprints.shifts import queries as shifts
from portal.core import clock
from portal.core.db import db
from portal.core.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Company:
    """Somebody whom one meets, and how to find them."""

    person: Person
    ways: Sequence[Way]


@dataclass(frozen=True, kw_only=True)
class MyWeek:
    """Coffee as one of those who take part sees it. Who else takes part is shown to nobody."""

    member: Member | None
    company: Sequence[Company] = ()
    meets_at: datetime | None = None
    is_looking: bool = False  # found nobody yet this week
    rests: bool = False


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When people are at work for the rest of a week; nothing is known where no rota reaches it."""

    is_known: bool
    working: Mapping[int, Sequence[Span]] = field(default_factory=dict)


def find_member(person_id: int) -> Member | None:
    """Find what somebody who takes part has chosen."""
    return db.session.get(Member, person_id)


def my_week(viewer: Viewer) -> MyWeek:
    """Give what the viewer's page shows."""
    member = find_member(viewer.id)
    if member is None:
        return MyWeek(member=None)
    group = find_group(viewer.id)
    others = [seat.person for seat in group.seats if seat.person_id != viewer.id] if group else []
    latest = find_round()
    return MyWeek(
        member=member,
        company=[Company(person=each, ways=people.ways_to_talk(each)) for each in others],
        meets_at=group.meets_at if group else None,
        is_looking=not group and latest is not None and member.free_in == latest.number,
        rests=member.rests(clock.today()),
    )


def find_round() -> Round | None:
    """Find the round of this week."""
    return db.session.scalar(select(Round).where(Round.week_on == times.monday_of(clock.today())))


def next_number() -> int:
    """Give the number of the round that comes."""
    return (db.session.scalar(select(func.max(Round.number))) or 0) + 1


def find_group(person_id: int) -> Group | None:
    """Find those whom somebody meets this week, themselves among them."""
    latest = find_round()
    if latest is None:
        return None
    mine = select(Group).join(Seat).where(Group.number == latest.number, Seat.person_id == person_id)
    whole = mine.options(selectinload(Group.seats).joinedload(Seat.person))
    return db.session.scalars(whole, execution_options={"populate_existing": True}).first()


def lock_round() -> Round | None:
    """Find the round of this week, and let nobody else change who meets in it meanwhile."""
    this_week = select(Round).where(Round.week_on == times.monday_of(clock.today())).with_for_update()
    return db.session.scalar(this_week, execution_options={"populate_existing": True})


def get_group(group_id: int) -> Group:
    """Give those who meet."""
    return db.session.get_one(Group, group_id)


def ready_members() -> Sequence[Member]:
    """Give those who take part and take no break today, in a fixed order, and let nobody change them meanwhile."""
    active = select(Member).join(Person, Person.id == Member.person_id).where(Person.is_active)
    today = clock.today()
    ready = active.where(or_(Member.is_paused.is_(False), Member.paused_until <= today))
    return db.session.scalars(
        ready.order_by(Member.person_id).with_for_update(of=Member), execution_options={"populate_existing": True}
    ).all()


def looking(number: int) -> list[Member]:
    """Give those who still look for company in a round."""
    return [member for member in ready_members() if member.free_in == number]


def taken_slots() -> Sequence[int]:
    """Give the places in the tournament that somebody has."""
    return db.session.scalars(select(Member.slot)).all()


def met(person_ids: Collection[int]) -> dict[Pair, Met]:
    """Give who of these has met whom, how often, and in which round last."""
    count, last = func.count(), func.max(Encounter.number)
    known = select(Encounter.low_id, Encounter.high_id, count, last).group_by(Encounter.low_id, Encounter.high_id)
    both = known.where(Encounter.low_id.in_(person_ids), Encounter.high_id.in_(person_ids))
    return {(low, high): Met(times=times_, last=number) for low, high, times_, number in db.session.execute(both)}


def hours(person_ids: Collection[int]) -> Hours:
    """Give when these are at work for the rest of the week, from when they can have seen that they are to meet."""
    monday = times.monday_of(clock.today())
    begins = clock.now() + times.NOTICE
    ends = clock.at_wall(monday + timedelta(days=times.WEEKDAYS), datetime.min.time())
    if begins >= ends:
        return Hours(is_known=True, working=dict.fromkeys(person_ids, ()))
    if not shifts.rota_reaches(begins, ends):
        return Hours(is_known=False)
    found = shifts.working_times(person_ids, begins, ends)
    return Hours(
        is_known=True,
        working={each: [(span.starts_at, span.ends_at) for span in spans] for each, spans in found.items()},
    )


def suggested(number: int) -> list[datetime]:
    """Give the times that were suggested in a round."""
    known = select(Group.meets_at).where(Group.number == number, Group.meets_at.is_not(None))
    return [moment for moment in db.session.scalars(known) if moment]


def others_in(group: Group, person_id: int) -> list[int]:
    """Give whom somebody meets."""
    return [seat.person_id for seat in group.seats if seat.person_id != person_id]


def export(person_id: int) -> dict[str, Any] | None:
    """Give what a person has chosen."""
    member = find_member(person_id)
    if member is None:
        return None
    return {name: getattr(member, name) for name in CHOSEN} | {"looks_for_company_in": member.free_in}


CHOSEN = ("rhythm", "weekday", "is_paused", "paused_until", "last_on", "is_first", "slot")


def export_met(person_id: int) -> list[dict[str, Any]]:
    """Give with whom a person was put together."""
    either = or_(Encounter.low_id == person_id, Encounter.high_id == person_id)
    rows = db.session.scalars(select(Encounter).where(either).order_by(Encounter.number)).all()
    names = {person.id: person.name for person in people.people({each.other_than(person_id) for each in rows})}
    return [{"round": each.number, "who": names[each.other_than(person_id)]} for each in rows]
