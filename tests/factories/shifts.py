"""Rotas and shifts for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from portal.blueprints.people.models import Person
from portal.blueprints.shifts.models import Presence, Rota, Shift, Standing
from portal.blueprints.shifts.rules import Availability, Kind
from portal.core import clock
from portal.core.db import db

# Thursday 26 November 2026, ten o'clock on the wall in Oslo.
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def make_rota(name: str = "Vaktplan", *, first_at: datetime | None = None, last_at: datetime | None = None) -> Rota:
    """Make a rota that covers a month around now."""
    moment = clock.now()
    rota = Rota(
        name=name,
        read_at=moment,
        first_at=first_at or moment - timedelta(days=10),
        last_at=last_at or moment + timedelta(days=20),
    )
    db.session.add(rota)
    db.session.flush()
    return rota


def make_shift(
    person: Person,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    *,
    rota: Rota | None = None,
    kind: Kind = Kind.WORK,
) -> Shift:
    """Make a shift; without times one that began two hours ago and lasts for six more."""
    moment = clock.now()
    shift = Shift(
        rota_id=(rota or make_rota(f"Plan {person.id} {moment.isoformat()} {starts_at} {kind}")).id,
        person_id=person.id,
        kind=kind,
        starts_at=starts_at or moment - timedelta(hours=2),
        ends_at=ends_at or moment + timedelta(hours=6),
    )
    db.session.add(shift)
    db.session.flush()
    return shift


def make_standing(person: Person, *, availability: Availability = Availability.AVAILABLE, **ends: datetime) -> Standing:
    """Let a person have said something of themselves."""
    standing = Standing(person_id=person.id, availability=availability, **ends)
    db.session.add(standing)
    db.session.flush()
    return standing


def make_present(*people: Person, process: str = "test") -> None:
    """Let people have a page open now."""
    for person in people:
        db.session.merge(Presence(process=process, person_id=person.id, seen_at=clock.now()))
    db.session.flush()


def make_at_work(person: Person, *, is_present: bool = True) -> None:
    """Let a person be at work now, available, with a page open."""
    make_shift(person)
    if is_present:
        make_present(person)
