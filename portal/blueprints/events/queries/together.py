"""The groups of those who want to come together."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.blueprints.events.models.signups import SignUp, SignUpGroup
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_


def get_group(evening_id: int, code: str) -> SignUpGroup:
    """Give the group of an evening that has this code."""
    query = select(SignUpGroup).where(SignUpGroup.evening_id == evening_id, SignUpGroup.code == code)
    group = db.session.scalar(query)
    if group is None:
        raise NotFound(N_("That group is not here any more."))
    return group


def members(group_id: int) -> Sequence[SignUp]:
    """Give those who come together, in the order in which they came."""
    query = select(SignUp).options(joinedload(SignUp.person)).where(SignUp.group_id == group_id)
    return db.session.scalars(query.order_by(SignUp.position)).all()
