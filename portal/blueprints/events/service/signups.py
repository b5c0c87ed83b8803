"""Signing up, saying yes to an offered seat, and leaving. The row of the evening is the lock that keeps the order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete

from portal.blueprints.events.facts import GaveUp, SeatTaken
from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.signups import NOTE, ShownAs, SignUp, SignUpState
from portal.blueprints.events.queries import attendance, finding
from portal.blueprints.events.rules import seats
from portal.blueprints.events.service import line, wishes
from portal.core import clock, privacy, sealing
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

NOTES_STAY = timedelta(hours=12)


def sign_up(
    viewer: Viewer,
    evening_id: int,
    *,
    guests: int | None = None,
    shown_as: ShownAs | None = None,
    note: str | None = None,
    accepts: bool = False,
) -> SignUp:
    """Take a seat, or a place in line when none is free. Doing it again changes only what is said with it.

    What is None stays as it was. `accepts`: the author says that no number in the note is an identity number.
    """
    told = None if note is None else wishes.checked_text(note, NOTE, field="note", accepts=accepts)
    evening, coming = lock_open(evening_id)
    mine = of(viewer.id, coming)
    if mine is None:
        mine = come(evening, coming, viewer.id, guests=guests or 0)
    elif guests is not None and guests != mine.guests:
        _bring(evening, coming, mine, guests)
    if shown_as is not None:
        mine.shown_as = shown_as
    if told is not None:
        mine.sealed_note = sealing.seal(told, context=mine.note_context) if told else None
    db.session.flush()
    line.publish(evening)
    return mine


def accept(viewer: Viewer, evening_id: int) -> SignUp:
    """Say yes to the seat one was offered. Twice is harmless; too late is told kindly."""
    evening, coming = lock_open(evening_id)
    mine = of(viewer.id, coming)
    if mine and mine.is_in:
        return mine
    if mine is None or not mine.is_offered(clock.now()):
        raise Conflict(N_("The place has gone on to the next. You may stand in line again."))
    mine.get_seat()
    db.session.flush()
    record(SeatTaken(evening_id=evening.id, person_id=viewer.id))
    line.publish(evening)
    return mine


def give_up(viewer: Viewer, evening_id: int) -> None:
    """Leave, or say no to an offered seat. The seat is offered to the next, and nothing is kept. Twice is harmless."""
    evening = finding.lock_evening(evening_id)
    if evening.has_begun(clock.now()):
        raise Conflict(N_("It has begun already."))
    mine = of(viewer.id, attendance.sign_ups(evening_id))
    if mine is not None:
        _leave(evening, mine)


def leave_all(person_id: int) -> None:
    """Give up every seat to come of somebody who has left the desk, so that the line moves."""
    for evening_id in attendance.future_sign_ups(person_id, clock.now()):
        evening = finding.lock_evening(evening_id)
        mine = of(person_id, attendance.sign_ups(evening_id))
        if mine is not None:
            _leave(evening, mine)


def forget_notes() -> None:
    """Forget what people told the organisers, once the evening is over."""
    for sign_up in attendance.notes_before(clock.now() - NOTES_STAY):
        sign_up.sealed_note = None


def lock_open(evening_id: int) -> tuple[Evening, list[SignUp]]:
    """Give an evening that one can still sign up for, and its line as it stands now, and hold both."""
    evening = finding.lock_evening(evening_id)
    if evening.is_cancelled:
        raise Conflict(N_("This evening is called off."))
    if evening.has_begun(clock.now()):
        raise Conflict(N_("It has begun already."))
    return evening, line.settle(evening)


def of(person_id: int, coming: Sequence[SignUp]) -> SignUp | None:
    """Find a person's own among the sign-ups of an evening."""
    return next((sign_up for sign_up in coming if sign_up.person_id == person_id), None)


def come(evening: Evening, coming: list[SignUp], person_id: int, *, guests: int, group_id: int | None = None) -> SignUp:
    """Put somebody at the end of the order; where it is their turn at once, they have their seat."""
    _check_size(evening, guests)
    mine = SignUp(
        evening_id=evening.id,
        person_id=person_id,
        state=SignUpState.WAITING,
        position=seats.next_position(line.places(coming)),
        guests=guests,
        shown_as=ShownAs.NAME,
        group_id=group_id,
        keeps_together=False,
    )
    db.session.add(mine)
    db.session.flush()
    coming.append(mine)
    line.move(evening, coming, arriving=mine)
    return mine


def _check_size(evening: Evening, guests: int) -> None:
    if not 0 <= guests <= seats.MOST_GUESTS:
        raise Invalid(N_("You may bring up to %(n)s."), field="guests", n=seats.MOST_GUESTS)
    if evening.capacity is not None and 1 + guests > evening.capacity:
        raise Invalid(N_("There are not so many places at all."), field="guests")


def _bring(evening: Evening, coming: list[SignUp], mine: SignUp, guests: int) -> None:
    _check_size(evening, guests)
    places, more = line.places(coming), guests - mine.guests
    if more > 0 and not seats.may_grow(places, mine.id, by=more, capacity=evening.capacity):
        raise Invalid(_why_not(mine), field="guests")
    mine.guests = guests
    db.session.flush()
    line.move(evening, coming)


def _why_not(mine: SignUp) -> str:
    if mine.state == SignUpState.WAITING:
        return N_("Others wait behind you and would be passed over. You may leave and stand in line again with more.")
    return N_("There is no free place for one more, or others wait for it.")


def _leave(evening: Evening, mine: SignUp) -> None:
    sequence = evening.number_withdrawal() if mine.has_entry(evening) else None
    group_id = mine.group_id
    db.session.delete(mine)
    db.session.flush()
    line.tidy(group_id)
    record(GaveUp(evening_id=evening.id, person_id=mine.person_id, sequence=sequence))
    line.settle(evening)
    line.publish(evening)


def erase(person_id: int) -> None:
    """Delete every sign-up of a person; the seats to come go to those who wait."""
    leave_all(person_id)
    db.session.execute(delete(SignUp).where(SignUp.person_id == person_id))


privacy.register(
    "events",
    what=N_(
        "Which evenings you have signed up for, alone, with guests or in a group, how you are shown, and your note"
    ),
    seen_by=N_("Colleagues see what you chose: your name, that somebody comes, or nothing. Organisers see the note."),
    kept=N_("Until you leave the evening or your account is erased; the note goes the day after the evening."),
    tables=("sign_up", "sign_up_group"),
    export=attendance.export_sign_ups,
    erase=erase,
)
