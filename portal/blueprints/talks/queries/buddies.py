"""Reading who is whose buddy: for the two, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from portal.blueprints.people.models import Person
from portal.blueprints.talks.models import Buddy
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer

GONE = N_("You two are no longer buddies. Nothing is kept of it.")


def bond_of(viewer: Viewer) -> Buddy | None:
    """Give the viewer's buddy, or who is asked to be it."""
    return db.session.scalar(_bonds().where(Buddy.person_id == viewer.id))


def find_buddy(viewer: Viewer) -> Person | None:
    """Give the viewer's buddy once they have said yes, and while they are here."""
    bond = bond_of(viewer)
    return bond.buddy if bond and bond.is_agreed and bond.buddy.is_active else None


def bonds_to(viewer: Viewer) -> Sequence[Buddy]:
    """Give whose buddy the viewer is, or is asked to be: those who wait for an answer first."""
    mine = _bonds().where(Buddy.buddy_id == viewer.id)
    return sorted(db.session.scalars(mine).all(), key=lambda bond: (bond.is_agreed, bond.person.name, bond.id))


def get_bond(viewer: Viewer, bond_id: str) -> Buddy:
    """Give a bond to one of the two, locked to be changed; for others it does not exist."""
    wanted = select(Buddy).where(Buddy.id == bond_id).with_for_update(of=Buddy)
    bond = db.session.scalar(wanted, execution_options={"populate_existing": True})
    if bond is None or viewer.id not in {bond.person_id, bond.buddy_id}:
        raise NotFound(GONE)
    return bond


def _bonds() -> Select[Buddy]:
    holds = or_(Buddy.asked_until.is_(None), Buddy.asked_until > clock.now())
    return select(Buddy).options(joinedload(Buddy.person), joinedload(Buddy.buddy)).where(holds)
