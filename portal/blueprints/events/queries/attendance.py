"""Who has signed up for an evening, in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.signups import SignUp
from portal.core import sealing
from portal.core.db import db


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
        "shown_as": sign_up.shown_as,
        "note": note_of(sign_up),
        "signed_up_at": sign_up.created_at,
    }
