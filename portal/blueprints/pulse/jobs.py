"""The pulse's week, by the clock. Here persons and slips meet: by the round's key, for as long as the round lasts."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.blueprints.pulse import queries, service
from portal.blueprints.pulse.rules.levels import DESK
from portal.core import clock, jobs, privacy, sealing
from portal.core.i18n import N_
from portal.core.jobs import Steps, daily, every, job
from portal.core.outside import DeadlinePassed

SHORTEST = timedelta(days=1)  # a week that has less than this left gets no round
NEXT_LOOK = timedelta(minutes=1)
LATEST = timedelta(hours=1)  # after its closing a round is counted: when within the hour, chance says


@job("pulse.turn")
@every(timedelta(minutes=10))
def turn() -> None:
    """Open the round of this week, and see to it that the one before is counted."""
    for waiting in queries.uncounted_rounds():
        _count(waiting.id, at=waiting.closes_at + LATEST)  # an earlier wish stands
    opens_at, closes_at = queries.week_of_now()
    if clock.now() <= closes_at - SHORTEST and not queries.has_round_in(opens_at):
        open_round(opens_at, closes_at)


def open_round(opens_at: datetime, closes_at: datetime) -> int:
    """Ask everybody who is active now. Who comes later is asked from the next round on."""
    round_id = service.begin_round(opens_at=opens_at, closes_at=closes_at)
    asked = people.colleagues()
    known = queries.known_marks()
    service.open_round(
        round_id,
        {service.token(round_id, person.id): person.team_id or DESK for person in asked},
        {_mark(person, known): person.team_id or DESK for person in asked},
    )
    _count(round_id, at=closes_at + timedelta(seconds=secrets.randbelow(LATEST.seconds)))
    return round_id


def _mark(person: Person, known: set[str]) -> str:
    """Name somebody on the rosters: as before, also when the newest key is another than last week."""
    marks = sealing.marks(str(person.id), context="pulse:roster")
    return next((mark for mark in marks if mark in known), marks[0])


def _count(round_id: int, *, at: datetime) -> None:
    jobs.enqueue("pulse.close", at=at, key=f"pulse.close:{round_id}", round_id=round_id)


@job("pulse.close", deadline=timedelta(seconds=80))
def close(round_id: int) -> Steps:
    """Count a round, ask the guard with no transaction open, and publish. What is counted stands in memory only."""
    closes_at = queries.closes_at(round_id)
    if closes_at is None or clock.now() < closes_at:
        return
    if service.waits_for_another(round_id):
        raise jobs.Later(NEXT_LOOK)
    tally = service.count(round_id, here=_here(round_id), hands=_hands(round_id))
    if tally is None:
        return
    try:
        levels = yield lambda: service.decide(tally)
    except DeadlinePassed:
        levels = {}  # what is not known in time to be safe is not said
    service.publish(tally, levels)


def _here(round_id: int) -> dict[str, str]:
    """Give who is still here: for each token the mark. Nobody, where the key is lost: then the week says nothing."""
    known = queries.known_marks()
    try:
        return {service.token(round_id, person.id): _mark(person, known) for person in people.colleagues()}
    except sealing.Unreadable:
        return {}


def _hands(round_id: int) -> dict[str, str]:
    """Give, for each token, who that is in the mix of notes: so that one person's notes of many weeks are one hand."""
    try:
        return {service.token(round_id, person_id): service.hand(person_id) for person_id in people.all_ids()}
    except sealing.Unreadable:
        return {}


@job("pulse.forget")
@daily(time(4, 25))
def forget() -> None:
    """Delete what has had its time."""
    service.forget()


def own_slip(person_id: int) -> Sequence[dict[str, object]]:
    """Give what stands on somebody's own slip of this week."""
    found = queries.current_round()
    if found is None:
        return []
    try:
        mine = service.my_answer(found.id, service.token(found.id, person_id))
    except sealing.Unreadable:
        return []
    return [{"answer": mine.value, "note": mine.note}] if mine.value else []


def empty_slip(person_id: int) -> None:
    """Empty somebody's slip in every round that is not counted yet."""
    for waiting in queries.uncounted_rounds():
        try:
            service.withdraw(waiting.id, service.token(waiting.id, person_id))
        except sealing.Unreadable:
            continue


privacy.register(
    "pulse",
    what=N_("Your answer to this week's pulse, and the note with it"),
    seen_by=N_(
        "You alone. It is sealed, without your name, and no page tells who has answered. "
        "Until the round closes, those who run the server could open it."
    ),
    kept=N_("Until the round is counted. Then the key that could open it is destroyed."),
    tables=("pulse_ballot",),
    export=own_slip,
    erase=empty_slip,
)
privacy.register(
    "pulse",
    what=N_("That you were asked, and in which team"),
    seen_by=N_("Nobody. It stands under a mark instead of your name, and is the same whether you answered or not."),
    kept=N_("Four weeks: by it we make sure that no two weeks together single anybody out."),
    tables=("pulse_member",),
    stays=N_("The mark stays for up to four weeks, so that nobody else can be singled out by your leaving."),
)
privacy.register(
    "pulse",
    what=N_("Frustrations without a name, and the levels that were published"),
    seen_by=N_("Everybody at the desk, once there are enough from enough people. They stand in no order."),
    kept=N_("Notes for 60 days. The levels stay."),
    tables=("pulse_held", "pulse_hand", "pulse_note", "pulse_level"),
    stays=N_("Nobody can tell which ones were yours, and so they cannot be taken out."),
)
