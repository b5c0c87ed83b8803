"""What is new among the evenings, and who wants to hear of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from portal.blueprints.events.models.evenings import Evening, EveningState, Kind
from portal.blueprints.events.models.follows import EveningFollow
from portal.blueprints.events.models.signups import SignUp
from portal.blueprints.events.queries import finding
from portal.blueprints.people.models import Person
from portal.core.db import db

A_WEEK = timedelta(days=8)  # so that what is in a week is told of on the morning of the same weekday


def followed_kinds(person_id: int) -> frozenset[Kind]:
    """Give the kinds of evenings that somebody wants to hear of."""
    query = select(EveningFollow.kind).where(EveningFollow.person_id == person_id)
    return frozenset(Kind(kind) for kind in db.session.scalars(query))


def to_announce(moment: datetime) -> Sequence[Evening]:
    """Give the evenings that nobody has been told of and that it is time to tell of, the next first."""
    query = finding.evenings().where(
        Evening.announced_at.is_(None),
        Evening.state == EveningState.PLANNED,
        Evening.starts_at > moment,
        or_(Evening.series_id.is_(None), Evening.starts_at <= moment + A_WEEK),
    )
    return db.session.scalars(query.order_by(Evening.starts_at, Evening.id)).all()


def who_hears_of(evenings: Sequence[Evening]) -> Mapping[int, list[Evening]]:
    """Give for each person what is new to them: of the kinds they follow, not organised by them, not signed up for."""
    ids = [evening.id for evening in evenings]
    known = select(SignUp.person_id, SignUp.evening_id).where(SignUp.evening_id.in_(ids))
    knows = {(person_id, evening_id) for person_id, evening_id in db.session.execute(known)}
    knows |= {(evening.organiser_id, evening.id) for evening in evenings if evening.organiser_id}
    follows = select(EveningFollow.person_id, EveningFollow.kind).join(Person).where(Person.is_active)
    heard: dict[int, list[Evening]] = {}
    for person_id, kind in db.session.execute(follows.order_by(EveningFollow.person_id)):
        mine = [each for each in evenings if each.kind == kind and (person_id, each.id) not in knows]
        heard.setdefault(person_id, []).extend(mine)
    return {person_id: sorted(mine, key=lambda evening: evening.starts_at) for person_id, mine in heard.items() if mine}


def export(person_id: int) -> list[dict[str, str]]:
    """Give the kinds that somebody follows, for the export of their data."""
    return [{"kind": kind} for kind in sorted(followed_kinds(person_id))]
