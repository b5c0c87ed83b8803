"""Who has signed up for an evening, in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal.blueprints.events.models.evenings import Evening, EveningState
from portal.blueprints.events.models.signups import ShownAs, SignUp, SignUpState
from portal.blueprints.people.models import Person
from portal.core import clock, sealing
from portal.core.db import db


@dataclass(frozen=True, kw_only=True)
class Seated:
    """Somebody who has a seat; without a name where they do not show it."""

    person_id: int
    name: str | None
    guests: int
    is_newcomer: bool  # has been to no evening of this kind before

    @property
    def seats(self) -> int:
        """Count the seats they need."""
        return 1 + self.guests


def seated(evening_id: int) -> list[Seated]:
    """Give those who have a seat, in the order in which they came."""
    query = (
        select(SignUp, Person.name, _has_been_to_one_before())
        .join(Person, Person.id == SignUp.person_id)
        .join(Evening, Evening.id == SignUp.evening_id)
        .where(SignUp.evening_id == evening_id, SignUp.state == SignUpState.IN)
    )
    return [
        Seated(
            person_id=sign_up.person_id,
            name=name if sign_up.shown_as == ShownAs.NAME else None,
            guests=sign_up.guests,
            is_newcomer=not has_been,
        )
        for sign_up, name, has_been in db.session.execute(query.order_by(SignUp.position))
    ]


def is_in(person_id: int, evening_id: int) -> bool:
    """Tell whether somebody has a seat."""
    mine = select(SignUp.id).where(SignUp.person_id == person_id, SignUp.evening_id == evening_id)
    return db.session.scalar(mine.where(SignUp.state == SignUpState.IN)) is not None


def get_sign_up(person_id: int, evening_id: int) -> SignUp:
    """Give a person's sign-up for an evening."""
    mine = select(SignUp).where(SignUp.person_id == person_id, SignUp.evening_id == evening_id)
    return db.session.scalars(mine).one()


def _has_been_to_one_before() -> ColumnElement[bool]:
    before, then = aliased(SignUp), aliased(Evening)
    earlier = select(before.id).join(then, then.id == before.evening_id)
    return exists(
        earlier.where(
            before.person_id == SignUp.person_id,
            before.state == SignUpState.IN,
            then.kind == Evening.kind,
            then.state == EveningState.PLANNED,
            then.ends_at <= clock.now(),
            then.id != Evening.id,
        ).correlate(SignUp, Evening)
    )


def sign_ups(evening_id: int) -> Sequence[SignUp]:
    """Give everybody's sign-up as it is now, in order."""
    fresh = select(SignUp).where(SignUp.evening_id == evening_id).order_by(SignUp.position)
    return db.session.scalars(fresh.execution_options(populate_existing=True)).all()


def with_people(evening_id: int) -> Sequence[SignUp]:
    """Give everybody's sign-up with the person, in order."""
    query = select(SignUp).options(joinedload(SignUp.person)).where(SignUp.evening_id == evening_id)
    fresh = query.order_by(SignUp.position).execution_options(populate_existing=True)
    return db.session.scalars(fresh).all()


def future_sign_ups(person_id: int, moment: datetime) -> Sequence[int]:
    """Give the ids of the evenings to come that a person has signed up for."""
    query = select(SignUp.evening_id).join(Evening).where(SignUp.person_id == person_id, Evening.starts_at > moment)
    return db.session.scalars(query.order_by(SignUp.evening_id)).all()


def notes_before(moment: datetime) -> Sequence[SignUp]:
    """Give the sign-ups with a note to evenings that ended before a moment."""
    query = select(SignUp).join(Evening).where(Evening.ends_at < moment, SignUp.sealed_note.is_not(None))
    return db.session.scalars(query).all()


def note_of(sign_up: SignUp) -> str:
    """Open what somebody wrote to the organisers."""
    if sign_up.sealed_note is None:
        return ""
    return sealing.open_sealed(sign_up.sealed_note, context=sign_up.note_context)


def export_sign_ups(person_id: int) -> list[dict[str, Any]]:
    """Give a person's sign-ups, for the export of their data."""
    query = select(SignUp).options(selectinload(SignUp.evening).joinedload(Evening.series))
    return [_exported(sign_up) for sign_up in _by_id(query.where(SignUp.person_id == person_id))]


def _by_id(query: Select[SignUp]) -> Iterable[SignUp]:
    return db.session.scalars(query.order_by(SignUp.id))


def _exported(sign_up: SignUp) -> dict[str, Any]:
    return {
        "evening": sign_up.evening.title,
        "starts_at": sign_up.evening.starts_at,
        "state": sign_up.state,
        "guests": sign_up.guests,
        "comes_with_a_group": sign_up.group_id is not None,
        "shown_as": sign_up.shown_as,
        "note": _note_given(sign_up),
        "signed_up_at": sign_up.created_at,
    }


def _note_given(sign_up: SignUp) -> str | None:
    try:
        return note_of(sign_up)
    except sealing.Unreadable:  # a key is lost: the rest is given all the same
        return None
