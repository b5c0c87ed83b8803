"""The line of an evening: seats that are free are offered from the front, and what nobody answers goes on.

Everything here holds the row of the evening, which keeps the order, and may be called again at any time: it looks at
how things stand and does what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, exists

from portal.blueprints.events.facts import MovedUp, OfferLapsed, PutOnWaitList, SeatOffered, SignedUp
from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.signups import SignUp, SignUpGroup, SignUpState
from portal.blueprints.events.queries import attendance, finding, waiting
from portal.blueprints.events.rules import offers, seats
from portal.blueprints.events.rules.seats import Party
from portal.core import clock, jobs, live
from portal.core.db import db
from portal.core.facts import record
from portal.core.settings import current_settings


def keep(evening_id: int) -> None:
    """Bring the line of one evening up to date."""
    settle(finding.lock_evening(evening_id))


def keep_all() -> None:
    """See to the lines that time alone has changed: each is brought up to date by a job of its own."""
    for evening_id in waiting.evenings_to_settle(clock.now()):
        jobs.enqueue("events.settle_line", evening_id=evening_id)


def settle(evening: Evening) -> list[SignUp]:
    """Let go what nobody answered, and offer the free seats to those whose turn it is; give the line that is left.

    The evening must be locked. Nobody gets a seat, or the offer of one, after it has begun.
    """
    coming = list(attendance.sign_ups(evening.id))
    if not evening.is_cancelled:
        move(evening, coming)
    return coming


def move(evening: Evening, coming: list[SignUp], *, arriving: SignUp | None = None) -> None:
    """Let a line that was just read move on.

    Who is arriving has pressed yes this moment, and gets the seat at once where it is their turn; the others are asked.
    """
    moment = clock.now()
    has_changed = _let_lapse(evening, coming, moment)
    if not evening.has_begun(moment):
        has_changed = _hand_out(evening, coming, moment, arriving=arriving) or has_changed
    if has_changed:
        publish(evening)


def tidy(group_id: int | None) -> None:
    """Let a group go that nobody belongs to any more."""
    if group_id is not None:
        is_empty = ~exists().where(SignUp.group_id == SignUpGroup.id)
        db.session.execute(delete(SignUpGroup).where(SignUpGroup.id == group_id, is_empty))


def publish(evening: Evening) -> None:
    """Tell the open pages that an evening or its sign-ups have changed."""
    live.publish(f"evening-{evening.id}")
    live.publish("evenings")


def _let_lapse(evening: Evening, coming: list[SignUp], moment: datetime) -> bool:
    offered = [sign_up for sign_up in coming if sign_up.state == SignUpState.OFFERED]
    lapsed = [sign_up for sign_up in offered if not _still_holds(evening, sign_up, moment)]
    for sign_up in lapsed:
        coming.remove(sign_up)
        db.session.delete(sign_up)
        db.session.flush()
        tidy(sign_up.group_id)
        if not evening.has_begun(moment):
            record(OfferLapsed(evening_id=evening.id, person_id=sign_up.person_id))
    return bool(lapsed)


def _still_holds(evening: Evening, sign_up: SignUp, moment: datetime) -> bool:
    if sign_up.offered_until and sign_up.offered_until > evening.starts_at:  # the evening was moved to an earlier time
        sign_up.offer(evening.starts_at)
    return sign_up.is_offered(moment)


def _hand_out(evening: Evening, coming: Sequence[SignUp], moment: datetime, *, arriving: SignUp | None) -> bool:
    by_id = {sign_up.id: sign_up for sign_up in coming}
    is_late = offers.is_late(moment, evening.starts_at)
    parties = seats.whose_turn(places(coming), evening.capacity, is_late=is_late)
    lucky = [by_id[sign_up_id] for sign_up_id in _ids(parties)]
    if evening.capacity is None:  # seats are not counted any more: an offer is a seat, and does not run out
        lucky += [sign_up for sign_up in coming if sign_up.state == SignUpState.OFFERED]
    for sign_up in lucky:
        _give(evening, sign_up, moment, is_arriving=sign_up is arriving)
    if arriving and arriving.state == SignUpState.WAITING:
        record(PutOnWaitList(evening_id=evening.id, person_id=arriving.person_id))
    db.session.flush()
    return bool(lucky)


def _give(evening: Evening, sign_up: SignUp, moment: datetime, *, is_arriving: bool) -> None:
    about = {"evening_id": evening.id, "person_id": sign_up.person_id}
    if is_arriving:
        sign_up.get_seat()
        record(SignedUp(**about))
    elif evening.capacity is None:  # nobody else needs the seat: there is nothing to keep, and nothing to lose
        sign_up.get_seat()
        record(MovedUp(**about))
    else:
        sign_up.offer(_until(evening, moment))
        db.session.flush()
        record(SeatOffered(**about))


def _until(evening: Evening, moment: datetime) -> datetime:
    longest = timedelta(hours=current_settings().offer_hours)
    return offers.ends_at(moment, evening.starts_at, longest=longest, zone=clock.OSLO)


def places(coming: Sequence[SignUp]) -> list[seats.Place]:
    """Give sign-ups as the rules read them."""
    return [sign_up.as_place for sign_up in coming]


def _ids(parties: Sequence[Party]) -> list[int]:
    return [sign_up_id for party in parties for sign_up_id in party.ids]
