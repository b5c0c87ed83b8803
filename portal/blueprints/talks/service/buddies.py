"""Buddies: asked, agreed, and ended by either in one press."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from portal.blueprints.people.models import Person
from portal.blueprints.talks import rules
from portal.blueprints.talks.facts import BuddyAgreed, BuddyAsked, BuddyGone
from portal.blueprints.talks.models import Buddy
from portal.blueprints.talks.queries import buddies as reading
from portal.core import clock, live, throttle
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

MOST_A_DAY = 5
CHOOSE = N_("Choose a colleague.")
ONE = N_("You have a buddy, or have asked somebody. End that first, and then ask another.")
NOT_YOURS = N_("That is for the other one to say.")


def ask(viewer: Viewer, person_id: int | None) -> None:
    """Ask a colleague to be one's buddy. Asked twice is once."""
    person = db.session.get(Person, person_id) if person_id else None
    if person is None or not person.is_active or person.id == viewer.id:
        raise Invalid(CHOOSE, field="buddy")
    if _is_asked(viewer, person.id):
        return
    throttle.hit("talks.ask_buddy", str(viewer.id), limit=MOST_A_DAY, per=timedelta(days=1))
    bond = Buddy(person_id=viewer.id, buddy_id=person.id, asked_until=clock.now() + rules.BUDDY_WAITS)
    try:
        with db.session.begin_nested():
            db.session.add(bond)
    except IntegrityError as error:
        raise Conflict(ONE) from error
    record(BuddyAsked(bond_id=bond.id, person_id=person.id))
    _tell_pages(bond)


def _is_asked(viewer: Viewer, person_id: int) -> bool:
    known = reading.bond_of(viewer)
    if known is not None and known.buddy_id != person_id:
        raise Conflict(ONE)
    return known is not None


def agree(viewer: Viewer, bond_id: str) -> None:
    """Say yes to being somebody's buddy."""
    bond = reading.get_bond(viewer, bond_id)
    if bond.buddy_id != viewer.id:
        raise NotAllowed(NOT_YOURS)
    if bond.is_agreed:
        return
    bond.asked_until = None
    db.session.flush()
    record(BuddyAgreed(bond_id=bond.id, person_id=bond.person_id))
    _tell_pages(bond)


def end(viewer: Viewer, bond_id: str) -> None:
    """End it, or say «not this time», as either. Only who is without a buddy by it hears of it, and not from whom."""
    bond = reading.get_bond(viewer, bond_id)
    drop(bond, tells=viewer.id == bond.buddy_id)


def drop(bond: Buddy, *, tells: bool) -> None:
    """Delete a bond and what leads to it."""
    _tell_pages(bond)
    db.session.delete(bond)
    db.session.flush()
    record(BuddyGone(bond_id=bond.id, person_id=bond.person_id if tells else None))


def _tell_pages(bond: Buddy) -> None:
    live.publish_all([f"talks-{bond.person_id}", f"talks-{bond.buddy_id}"])
