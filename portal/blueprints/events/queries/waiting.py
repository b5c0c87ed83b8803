"""Lines that time alone changes: offers that nobody answered, and evenings that draw near."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from portal.blueprints.events.models.evenings import Evening, EveningState
from portal.blueprints.events.models.signups import SignUp, SignUpState
from portal.blueprints.events.rules import offers
from portal.core.db import db

LOOKS_BACK = timedelta(days=2)  # offers of an evening that has begun go by themselves, also after a long outage


def evenings_to_settle(moment: datetime) -> Sequence[int]:
    """Give the ids of the evenings whose line may have to move although nobody has pressed anything."""
    is_lapsed = and_(SignUp.state == SignUpState.OFFERED, SignUp.offered_until <= moment)
    is_near = and_(
        SignUp.state == SignUpState.WAITING,
        Evening.starts_at > moment,
        Evening.starts_at <= moment + offers.PATIENCE_ENDS,
    )
    query = (
        select(Evening.id)
        .join(SignUp, SignUp.evening_id == Evening.id)
        .where(Evening.state == EveningState.PLANNED, Evening.starts_at > moment - LOOKS_BACK)
        .where(or_(is_lapsed, is_near))
    )
    return db.session.scalars(query.distinct().order_by(Evening.id)).all()


def undecided(moment: datetime) -> Sequence[int]:
    """Give the ids of the evenings for which it is time to settle whether enough come."""
    due = select(Evening.id).where(
        Evening.state == EveningState.PLANNED,
        Evening.decided_at.is_(None),
        Evening.decides_at <= moment,
        Evening.starts_at > moment,
    )
    return db.session.scalars(due.order_by(Evening.id)).all()
