"""Signing up, waiting in line, and leaving. The row of the evening is the lock that keeps the order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete

from portal.blueprints.events.facts import GaveUp, MovedUp, PutOnWaitList, SignedUp
from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.signups import NOTE, ShownAs, SignUp, SignUpState
from portal.blueprints.events.queries import attendance, finding
from portal.blueprints.events.rules import seats
from portal.blueprints.events.service import wishes
from portal.core import clock, live, privacy, sealing
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

NOTES_STAY = timedelta(hours=12)


def sign_up(
    viewer: Viewer,
    evening_id: int,
    *,
    shown_as: ShownAs | None = None,
    note: str | None = None,
    accepts: bool = False,
) -> SignUp:
    """Take a seat, or a place in line when none is free. Doing it again changes only what is said with it.

    What is None stays as it was. `accepts`: the author says that no number in the note is an identity number.
    """
    told = None if note is None else wishes.checked_text(note, NOTE, field="note", accepts=accepts)
    evening = finding.lock_evening(evening_id)
    _check_open(evening)
    coming = attendance.sign_ups(evening_id)
    mine = _of(viewer.id, coming) or _come(evening, viewer.id, coming)
    if shown_as is not None:
        mine.shown_as = shown_as
    if told is not None:
        mine.sealed_note = sealing.seal(told, context=mine.note_context) if told else None
    db.session.flush()
    publish(evening)
    return mine


def give_up(viewer: Viewer, evening_id: int) -> None:
    """Leave. The seat goes to the first in line at once, and nothing is kept of it. Leaving twice is harmless."""
    evening = finding.lock_evening(evening_id)
    if evening.has_begun(clock.now()):
        raise Conflict(N_("It has begun already."))
    mine = _of(viewer.id, attendance.sign_ups(evening_id))
    if mine is not None:
        _leave(evening, mine)


def fill(evening: Evening) -> None:
    """Give the free seats to those who wait, in their order. The evening must be locked. Never after it has begun."""
    if evening.is_cancelled or evening.has_begun(clock.now()):
        return
    coming = attendance.sign_ups(evening.id)
    lucky = seats.who_moves_up([sign_up.as_place for sign_up in coming], evening.capacity)
    by_id = {sign_up.id: sign_up for sign_up in coming}
    for sign_up_id in lucky:
        by_id[sign_up_id].get_seat()
        db.session.flush()
        record(MovedUp(evening_id=evening.id, person_id=by_id[sign_up_id].person_id))


def leave_all(person_id: int) -> None:
    """Give up every seat to come of somebody who has left the desk, so that the line moves."""
    for evening_id in attendance.future_sign_ups(person_id, clock.now()):
        evening = finding.lock_evening(evening_id)
        mine = _of(person_id, attendance.sign_ups(evening_id))
        if mine is not None:
            _leave(evening, mine)


def forget_notes() -> None:
    """Forget what people told the organisers, once the evening is over."""
    for sign_up in attendance.notes_before(clock.now() - NOTES_STAY):
        sign_up.sealed_note = None


def publish(evening: Evening) -> None:
    """Tell the open pages that an evening or its sign-ups have changed."""
    live.publish(f"evening-{evening.id}")
    live.publish("evenings")


def _check_open(evening: Evening) -> None:
    if evening.is_cancelled:
        raise Conflict(N_("This evening is called off."))
    if evening.has_begun(clock.now()):
        raise Conflict(N_("It has begun already."))


def _of(person_id: int, coming: Sequence[SignUp]) -> SignUp | None:
    return next((sign_up for sign_up in coming if sign_up.person_id == person_id), None)


def _come(evening: Evening, person_id: int, coming: Sequence[SignUp]) -> SignUp:
    places = [sign_up.as_place for sign_up in coming]
    is_in = seats.gets_seat(places, evening.capacity)
    mine = SignUp(
        evening_id=evening.id,
        person_id=person_id,
        state=SignUpState.IN if is_in else SignUpState.WAITING,
        position=seats.next_position(places),
        shown_as=ShownAs.NAME,
    )
    db.session.add(mine)
    db.session.flush()
    fact = SignedUp if is_in else PutOnWaitList
    record(fact(evening_id=evening.id, person_id=person_id))
    return mine


def _leave(evening: Evening, mine: SignUp) -> None:
    sequence = evening.number_withdrawal() if mine.has_entry(evening) else None
    db.session.delete(mine)
    db.session.flush()
    record(GaveUp(evening_id=evening.id, person_id=mine.person_id, sequence=sequence))
    fill(evening)
    publish(evening)


def erase(person_id: int) -> None:
    """Delete every sign-up of a person; the seats to come go to those who wait."""
    leave_all(person_id)
    db.session.execute(delete(SignUp).where(SignUp.person_id == person_id))


privacy.register(
    "events",
    what=N_("Which evenings you have signed up for, how you are shown there, and what you told the organisers"),
    seen_by=N_("Colleagues see what you chose: your name, that somebody comes, or nothing. Organisers see the note."),
    kept=N_("Until you leave the evening or your account is erased; the note goes the day after the evening."),
    export=attendance.export_sign_ups,
    erase=erase,
)
