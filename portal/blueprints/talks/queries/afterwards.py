"""Reading contact cards, and when somebody wishes to be asked again after a hard call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal.blueprints.notifications.queries import choices
from portal.blueprints.shifts import queries as shifts
from portal.blueprints.talks import rules
from portal.blueprints.talks.models import ContactCard, FollowUp
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer

AVAILABLE = "available"
SATURDAY = 5


def cards() -> Sequence[ContactCard]:
    """Give everybody outside of the desk whom one can turn to, by name."""
    return db.session.scalars(select(ContactCard).order_by(ContactCard.name, ContactCard.id)).all()


def get_card(card_id: int) -> ContactCard:
    """Give a contact card."""
    card = db.session.get(ContactCard, card_id)
    if card is None:
        raise NotFound(N_("That contact card is not here any more."))
    return card


def asks_again_at(viewer: Viewer) -> Sequence[datetime]:
    """Give when the viewer is asked again, if they wish it."""
    mine = select(FollowUp.due_at).where(FollowUp.person_id == viewer.id)
    return db.session.scalars(mine.order_by(FollowUp.due_at)).all()


def next_look_for(viewer: Viewer) -> datetime | None:
    """Tell when to look again whether a gentle word fits; none if it fits now: at work, not on a call, not in quiet."""
    moment, work = clock.now(), shifts.work_of(viewer.id)
    is_rostered = shifts.rota_covers_now() and shifts.is_rostered(viewer.id, within=rules.ROTA_KNOWS)
    if work is None and (is_rostered or not _is_office_time(viewer)):
        shift = shifts.next_work(viewer.id)
        latest = moment + rules.LOOKS_AT_LEAST_EVERY
        return min(shift.starts_at, latest) if shift and shift.starts_at > moment else latest
    is_busy = work is not None and work.availability != AVAILABLE
    return moment + rules.LOOKS_EVERY if is_busy or choices.in_quiet_time([viewer.id]) else None


def _is_office_time(viewer: Viewer) -> bool:
    # Where no rota says who is at work: on weekdays in the day, unless they have said themselves that they are not.
    moment = clock.wall(clock.now())
    is_office_time = moment.weekday() < SATURDAY and moment.hour in rules.OFFICE_HOURS
    return is_office_time and not shifts.standing_of(viewer).is_by_own_word
