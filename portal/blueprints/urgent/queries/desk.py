"""Reading who could be rung: everybody at work now, as one call sees them. For ringing, never for showing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select, union

from portal.blueprints.notifications.queries import choices
from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.blueprints.questions.queries import skills
from portal.blueprints.shifts import queries as shifts
from portal.blueprints.urgent.models.calls import HelpCall, Helping, Rung
from portal.blueprints.urgent.rules import ring
from portal.blueprints.urgent.rules.calls import State
from portal.blueprints.urgent.rules.ring import Colleague
from portal.core import clock
from portal.core.db import db

AVAILABLE = "available"
SUPPORTS = "questions.accept_for_others"  # what those who support their colleagues may


def colleagues(call: HelpCall) -> list[Colleague]:
    """Give everybody at work, as a call sees them."""
    at_work = shifts.at_work()
    rows = {row.person_id: row for row in db.session.scalars(select(Rung).where(Rung.call_id == call.id))}
    left_alone = choices.in_quiet_time(each.person_id for each in at_work) | busy() | _spared(call, rows)
    ringing = {person_id for person_id, row in rows.items() if not row.declined}
    silent = {person_id for person_id in ringing if rows[person_id].is_silent}
    knowing = skills.those_who_know(call.tag_id) if call.tag_id else {each.person_id for each in at_work}
    near = _near(call.tag_id) if call.tag_id else set()
    return [
        Colleague(
            person_id=each.person_id,
            is_available=each.availability == AVAILABLE,
            is_present=each.is_present,
            knows=each.person_id in knowing,
            is_near=each.person_id in near,
            is_left_alone=each.takes_it_easy or each.person_id in left_alone,
            is_rung=each.person_id in ringing,
            is_silent=each.person_id in silent,
        )
        for each in at_work
    ]


def _spared(call: HelpCall, rows: Mapping[int, Rung]) -> set[int]:
    """Give whom to let be: they said «not now» in this round, or came in the last one and fell silent."""
    is_early = (clock.now() - call.rung_at).total_seconds() < ring.SPARED_FOR
    return {person_id for person_id, row in rows.items() if row.declined and (row.round == call.rounds or is_early)}


def those_to_offer(call: HelpCall) -> Sequence[Person]:
    """Give whom a call may be handed over to: whose screen may ring now, apart from those who are in it."""
    free = {each.person_id for each in shifts.at_work() if each.is_free} - {call.asker_id, call.taken_by_id}
    return people.people(free - choices.in_quiet_time(free) - busy(but=call.id))


def _near(tag_id: int) -> set[int]:
    return skills.those_who_learn(tag_id) | {each.id for each in people.who_may(SUPPORTS)}


def busy(*, but: int = 0) -> set[int]:
    """Give who has a hand of their own in the air, or helps somebody."""
    asking = select(HelpCall.asker_id).where(HelpCall.state != State.OVER)
    helping = select(HelpCall.taken_by_id).where(HelpCall.state == State.TAKEN, HelpCall.id != but)
    beside = select(Helping.person_id).join(HelpCall).where(HelpCall.state == State.TAKEN, HelpCall.id != but)
    return {person_id for person_id in db.session.scalars(union(asking, helping, beside)) if person_id}
