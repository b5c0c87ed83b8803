"""Reading who could be rung: everybody at work now, as one call sees them. For ringing, never for showing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, union

from portal.blueprints.notifications import rules as quiet
from portal.blueprints.notifications.queries import choices
from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.questions.queries import skills
from portal.blueprints.questions.rules.skills import Level
from portal.blueprints.shifts import queries as shifts
from portal.blueprints.shifts.rules import AtWork, Availability
from portal.blueprints.urgent.models.calls import HelpCall, Helping, Rung
from portal.blueprints.urgent.rules import ring
from portal.blueprints.urgent.rules.calls import State
from portal.blueprints.urgent.rules.ring import Colleague
from portal.core import clock
from portal.core.db import db


def colleagues(call: HelpCall) -> list[Colleague]:
    """Give everybody at work, as a call sees them."""
    at_work = shifts.at_work()
    left_alone = _in_quiet_hours(at_work) | _busy()
    seconds = (clock.now() - call.rung_at).total_seconds()
    rows = {row.person_id: row for row in db.session.scalars(select(Rung).where(Rung.call_id == call.id))}
    knowing = skills.those_who_know(call.tag_id) if call.tag_id else None
    near = _near(call.tag_id) if call.tag_id else set()
    return [
        _colleague(
            each,
            rows.get(each.person_id),
            is_left_alone=each.takes_it_easy
            or each.person_id in left_alone
            or is_spared(call, rows.get(each.person_id), seconds),
            knows=knowing is None or each.person_id in knowing,
            is_near=each.person_id in near,
        )
        for each in at_work
    ]


def _colleague(each: AtWork, row: Rung | None, *, is_left_alone: bool, knows: bool, is_near: bool) -> Colleague:
    return Colleague(
        person_id=each.person_id,
        is_available=each.availability is Availability.AVAILABLE,
        is_present=each.is_present,
        knows=knows,
        is_near=is_near,
        is_left_alone=is_left_alone,
        is_rung=row is not None and not row.declined,
        is_silent=row is not None and row.is_silent,
    )


def is_spared(call: HelpCall, row: Rung | None, seconds: float) -> bool:
    """Tell whether to let somebody be: they said «not now» in this round, or came in the last one and fell silent."""
    return row is not None and row.declined and (row.round == call.rounds or seconds < ring.SPARED_FOR)


def those_to_offer(call: HelpCall) -> Sequence[Person]:
    """Give whom a call may be handed over to: whose screen may ring now, apart from those who are in it."""
    taken = {call.asker_id, call.taken_by_id}
    free = [each for each in shifts.at_work() if each.is_free and each.person_id not in taken]
    left_alone = _in_quiet_hours(free) | _busy(but=call.id)
    return people.people(each.person_id for each in free if each.person_id not in left_alone)


def _near(tag_id: int) -> set[int]:
    return skills.those_who(Level.LEARNING, tag_id) | {each.id for each in people.with_role(Role.PEER_SUPPORTER)}


def _in_quiet_hours(at_work: Sequence[AtWork]) -> set[int]:
    moment = clock.now()
    times = choices.quiet_times(each.person_id for each in at_work)
    return {
        person_id for person_id, time in times.items() if quiet.quiet_until(moment, time, zone=clock.OSLO) is not None
    }


def _busy(*, but: int = 0) -> set[int]:
    """Give who has a hand of their own in the air, or helps somebody."""
    asking = select(HelpCall.asker_id).where(HelpCall.state != State.OVER)
    helping = select(HelpCall.taken_by_id).where(HelpCall.state == State.TAKEN, HelpCall.id != but)
    beside = select(Helping.person_id).join(HelpCall).where(HelpCall.state == State.TAKEN, HelpCall.id != but)
    return {person_id for person_id in db.session.scalars(union(asking, helping, beside)) if person_id}
