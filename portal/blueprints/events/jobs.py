"""What happens by itself: the next evenings, invitations, rooms that answer, reminders, and forgetting."""

from __future__ import annotations

from datetime import time, timedelta

from portal.blueprints.events.facts import (
    EveningCancelled,
    EveningFact,
    EveningIsOver,
    EveningIsSoon,
    EveningIsTomorrow,
    EveningMoved,
    EveningPlanned,
    EveningRestored,
    EveningReworded,
    EveningRoomChanged,
    GaveUp,
    MovedUp,
    SeatOffered,
    SeatTaken,
    SignedUp,
)
from portal.blueprints.events.queries import attendance, finding
from portal.blueprints.events.rules import reminders
from portal.blueprints.events.service import (
    crew,
    evenings,
    follows,
    invitations,
    line,
    proposals,
    recaps,
    series,
    signups,
    turnout,
)
from portal.blueprints.people.facts import PersonLeft
from portal.blueprints.rooms.facts import (
    BookingConfirmed,
    BookingDeclined,
    BookingFact,
    BookingMovedOutside,
    BookingReleased,
    BookingVanished,
)
from portal.core import clock, jobs
from portal.core.facts import on, record
from portal.core.jobs import daily, every, job

ROOM_ANSWERS_WITHIN = timedelta(seconds=45)


@job("events.make_evenings")
@daily(time(4, 30))
def make_evenings() -> None:
    """Make the next evenings of every series."""
    series.make_all_next()


@job("events.remind")
@daily(time(9, 0))
def remind() -> None:
    """Remind of the evenings of tomorrow."""
    tomorrow = clock.today() + timedelta(days=1)
    begins, ends = clock.at_wall(tomorrow, time()), clock.at_wall(tomorrow + timedelta(days=1), time())
    for evening in finding.planned_between(begins, ends):
        record(EveningIsTomorrow(evening_id=evening.id))


@job("events.remind_soon")
@every(timedelta(minutes=15))
def remind_soon() -> None:
    """Remind of the evenings that begin within some hours."""
    moment = clock.now()
    for evening in finding.planned_between(moment, moment + reminders.SOON):
        record(EveningIsSoon(evening_id=evening.id))


@job("events.forget_notes")
@daily(time(4, 40))
def forget_notes() -> None:
    """Forget what people told the organisers of evenings that are over."""
    signups.forget_notes()


@job("events.thank_for_yesterday")
@daily(time(10, 30))
def thank_for_yesterday() -> None:
    """Say thanks for the evenings of yesterday to those who came."""
    today = clock.today()
    begins, ends = clock.at_wall(today - timedelta(days=1), time()), clock.at_wall(today, time())
    for evening in finding.planned_between(begins, ends):
        if evening.ends_at <= clock.now():
            record(EveningIsOver(evening_id=evening.id))


@job("events.forget_memories")
@daily(time(4, 50))
def forget_memories() -> None:
    """Delete the pictures of last year, and forget who said thanks."""
    recaps.forget_old()


@job("events.forget_proposals")
@daily(time(4, 45))
def forget_proposals() -> None:
    """Forget the proposals that have waited or rested for long."""
    proposals.forget_old()


@job("events.invite")
def invite(evening_id: int, is_restored: int = 0) -> None:
    """Send the invitations of an evening that are missing or out of date."""
    invitations.bring_up_to_date(evening_id, is_restored=bool(is_restored))


@job("events.settle_room")
def settle_room(evening_id: int) -> None:
    """Let an evening follow what its room has said.

    A job of its own: whoever tells us holds the booking, and we want the evening first, as everybody else does.
    """
    evenings.settle_room(evening_id)


@on(SignedUp, SeatTaken, MovedUp, EveningReworded, EveningRoomChanged, EveningCancelled)
def send_invitations(fact: EveningFact) -> None:
    """Have the invitations brought up to date."""
    _enqueue_invite(fact.evening_id)


@on(EveningRestored)
def send_restored_invitations(fact: EveningRestored) -> None:
    """Put the evening back into the calendars it was taken out of."""
    jobs.enqueue("events.invite", evening_id=fact.evening_id, is_restored=1)


@on(EveningMoved)
def send_moved_invitations(fact: EveningMoved) -> None:
    """Give the room a moment to answer first, so that most people get one new invitation and not two."""
    needs_room = finding.get_evening(fact.evening_id).needs_room
    _enqueue_invite(fact.evening_id, wait=ROOM_ANSWERS_WITHIN if needs_room else timedelta())


@on(GaveUp)
def withdraw_invitation(fact: GaveUp) -> None:
    """Take the evening out of the calendar of somebody who left."""
    if fact.sequence is not None:
        invitations.withdraw(fact.evening_id, fact.person_id, sequence=fact.sequence)


@on(BookingConfirmed, BookingDeclined, BookingMovedOutside, BookingVanished, BookingReleased)
def hear_of_room(fact: BookingFact) -> None:
    """Have the evening look at its room."""
    evening = finding.find_by_purpose(fact.purpose)
    if evening:
        jobs.enqueue("events.settle_room", evening_id=evening.id)


@on(PersonLeft)
def free_seats(fact: PersonLeft) -> None:
    """Give the places of somebody who has left to those who wait, and their tasks back."""
    signups.leave_all(fact.person_id)
    crew.leave_all(fact.person_id)


@job("events.settle_line")
def settle_line(evening_id: int) -> None:
    """Let a line move on when an offer was not answered, or the evening draws near."""
    line.keep(evening_id)


@job("events.decide")
def decide(evening_id: int) -> None:
    """Settle whether an evening will be."""
    turnout.decide(evening_id)


@job("events.keep_lines")
@every(timedelta(minutes=5))
def keep_lines() -> None:
    """Look for what time alone has changed, so that nothing hangs on one job of one moment."""
    line.keep_all()
    turnout.decide_all()


@job("events.announce")
@daily(time(9, 10))
def announce() -> None:
    """Tell of the new evenings those who asked to be told."""
    follows.announce()


@on(SeatOffered)
def end_offer(fact: SeatOffered) -> None:
    """Look again when the offer ends. A row for each offer, for the reason told at the end of this file."""
    mine = attendance.get_sign_up(fact.person_id, fact.evening_id)
    jobs.enqueue("events.settle_line", at=mine.offered_until, evening_id=fact.evening_id)


@on(EveningPlanned, EveningMoved)
def decide_in_time(fact: EveningFact) -> None:
    """Look when it is time to settle whether an evening will be."""
    evening = finding.get_evening(fact.evening_id)
    if evening.is_undecided:
        jobs.enqueue("events.decide", at=evening.decides_at, evening_id=evening.id)


def _enqueue_invite(evening_id: int, *, wait: timedelta = timedelta()) -> None:
    # A row for each wish, although one would do. Whoever signs up holds the evening and would wait for the one row;
    # the worker that runs it holds the row and waits for the evening: on PostgreSQL neither would get on.
    jobs.enqueue("events.invite", at=clock.now() + wait, evening_id=evening_id)
