"""What each who likes coffee with a colleague chooses: to take part, how often, a break, not this time, or no more."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, or_
from sqlalchemy.dialects import postgresql, sqlite

from portal.blueprints.coffee import queries
from portal.blueprints.coffee.facts import CannotCome
from portal.blueprints.coffee.models import Encounter, Group, Member, Seat
from portal.blueprints.coffee.rules import pairing
from portal.blueprints.coffee.rules.times import Rhythm
from portal.blueprints.coffee.service import rounds
from portal.core import clock
from portal.core.db import db, is_sqlite
from portal.core.errors import NotFound
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

LONGEST_BREAK = timedelta(days=400)


def take_part(viewer: Viewer, *, rhythm: Rhythm, weekday: int | None) -> None:
    """Take part from now on, or choose anew how often and on which day."""
    this_week = queries.lock_round()
    is_new = _begin(viewer.id)
    member = _get(viewer)
    member.rhythm, member.weekday = rhythm, weekday
    if is_new:
        member.free_in = this_week.number if this_week else None  # perhaps somebody looks for company
        db.session.flush()
        rounds.rematch()


def _begin(person_id: int) -> bool:
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    # Pressed in two tabs at once, the second finds the row of the first.
    row = {
        "person_id": person_id,
        "rhythm": Rhythm.WEEKLY,
        "is_paused": False,
        "is_first": False,
        "slot": pairing.free_slot(queries.taken_slots()),
    }
    fresh = insert(Member).values(row).on_conflict_do_nothing(index_elements=[Member.person_id])
    return db.session.scalar(fresh.returning(Member.person_id)) is not None


def rest(viewer: Viewer, *, weeks: int | None) -> None:
    """Take a break: for some weeks, or until one says so. What is agreed for this week stands."""
    member = _get(viewer)
    member.is_paused = True
    member.paused_until = clock.today() + min(timedelta(weeks=weeks), LONGEST_BREAK) if weeks else None
    member.free_in = None


def come_back(viewer: Viewer) -> None:
    """End one's break."""
    member = _get(viewer)
    member.is_paused, member.paused_until = False, None


def not_this_time(viewer: Viewer) -> None:
    """Let this week be, in one press: the other is told kindly, and meets somebody else who is free."""
    _leave_table(viewer.id)
    _get(viewer).free_in = None
    rounds.rematch()


def leave(viewer: Viewer) -> None:
    """Take part no more; whom one has met is forgotten."""
    forget_person(viewer.id)


def forget_person(person_id: int) -> None:
    """Take somebody out of everything here."""
    _leave_table(person_id)
    either = or_(Encounter.low_id == person_id, Encounter.high_id == person_id)
    db.session.execute(delete(Encounter).where(either))
    for model in (Seat, Member):
        db.session.execute(delete(model).where(model.person_id == person_id))
    rounds.rematch()


def _leave_table(person_id: int) -> None:
    queries.lock_round()  # before anything else: two who say no at once wait for each other instead of colliding
    group = queries.find_group(person_id)
    if group is None:
        return
    others = queries.others_in(group, person_id)
    _unmeet(group, person_id)
    group.seats = [seat for seat in group.seats if seat.person_id != person_id]
    stands = len(others) > 1
    if not stands:
        for other in others:
            _look_again(other, group.number)
        db.session.delete(group)
    db.session.flush()
    record(CannotCome(number=group.number, person_id=person_id, others=others, stands=stands))


def _unmeet(group: Group, person_id: int) -> None:
    either = or_(Encounter.low_id == person_id, Encounter.high_id == person_id)
    db.session.execute(delete(Encounter).where(either, Encounter.number == group.number))


def _look_again(person_id: int, number: int) -> None:
    member = db.session.get(Member, person_id, with_for_update=True, populate_existing=True)
    if member:
        member.finds_nobody(number)


def _get(viewer: Viewer) -> Member:
    member = db.session.get(Member, viewer.id, with_for_update=True, populate_existing=True)
    if member is None:
        raise NotFound(N_("You do not take part in coffee pairs."))
    return member
