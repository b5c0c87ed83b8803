"""Live through a month of a desk with a clock of our own: python -m bench shift --days 30.

Fifty people with a made-up rota, leave, quiet hours, easy days and what they say of themselves; hands at all hours.
The worker runs whenever something is due. After everything that happens, the screens that ring are compared with who
should be rung by the plan (shift_desk.py): nobody off duty, wider at exactly 30, 60 and 120 seconds, and no hand left.
"""

from __future__ import annotations

import argparse
import heapq
import random
import sys
import tempfile
import time as timing
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count

from sqlalchemy import delete, select

from bench import shift_desk as desk
from bench.claims import Colleague, database, open_app
from bench.shift_desk import Happening, Mate
from portal.blueprints.shifts.facts import CameOnline
from portal.blueprints.shifts.models import Presence
from portal.blueprints.shifts.rules import Availability
from portal.blueprints.shifts.service import standing
from portal.blueprints.urgent.models.calls import HelpCall, Helping, Rung
from portal.blueprints.urgent.rules.calls import State
from portal.blueprints.urgent.service import calls, ending, helping
from portal.cli.database import bring_up_to_date
from portal.core import clock, jobs
from portal.core.db import db, transaction
from portal.core.errors import PortalError
from portal.core.facts import record

WIDENS = (30, 60, 120)
GRACE = timedelta(seconds=15)  # a shift that ends by the clock alone is seen at the next look
FAR = timedelta(days=400)


@dataclass(kw_only=True)
class Tally:
    """What was found."""

    raised: int = 0
    rings: int = 0
    wrong_rings: int = 0  # somebody who was off duty, on leave, in quiet hours, easy, busy or not there
    lingered: int = 0  # somebody who was no longer to be rung, and was, for longer than the grace
    looks: int = 0  # at exactly 30, 60 and 120 seconds
    missing: int = 0  # somebody was not rung then who should have been
    early: int = 0  # somebody was rung in a wider circle than the clock allows
    widening_error: float = 0.0  # seconds, at most, from when a circle opens until its screens ring
    noticed_after: float = 0.0  # seconds, at most, until somebody was rung who became free by the clock alone
    still_ringing: int = 0  # screens that rang on after somebody had come
    left: int = 0  # calls that are still there when all should be forgotten
    endings: Counter[str] = field(default_factory=Counter)
    presses: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    seconds: float = 0.0

    @property
    def is_right(self) -> bool:
        """Tell whether nothing was wrong."""
        faults = (self.wrong_rings, self.lingered, self.missing, self.early, self.still_ringing, self.left)
        return not any(faults) and self.widening_error == 0 and self.noticed_after <= GRACE.total_seconds()


@dataclass(kw_only=True)
class Seen:
    """A call in one of its rounds, as the comparison follows it."""

    rung: dict[int, datetime] = field(default_factory=dict)
    due: dict[int, datetime] = field(default_factory=dict)  # since when somebody should ring
    gone: dict[int, datetime] = field(default_factory=dict)  # since when somebody should not ring any more
    spared: int = 0
    declined: set[int] = field(default_factory=set)


class Simulation:
    """The desk, its clock and its worker."""

    def __init__(self, *, seed: int, people: int, days: int, calls_a_day: int) -> None:
        self.dice = random.Random(seed)
        self.tally, self.numbers, self.time = Tally(), count(), ExitStack()
        self.plan: list[tuple[datetime, int, Callable[[], None]]] = []
        self.seen: dict[tuple[int, int], Seen] = {}
        self.silent: dict[int, int] = {}  # who came last to a call: they are spared if it rings again
        self.days = days
        self.moment = desk.wall(desk.FIRST_DAY, time(0))
        self._set(self.moment)
        with transaction():
            self.mates = {mate.id: mate for mate in desk.furnish(self.dice, people=people, days=days)}
            jobs.enqueue("urgent.forget", key="schedule:urgent.forget")
        for each in desk.happenings(self.dice, list(self.mates.values()), days=days, calls_a_day=calls_a_day):
            self._at(each.moment, lambda each=each: self._happen(each))  # type: ignore[misc]

    # The clock

    def _set(self, moment: datetime) -> None:
        self.moment = max(moment, self.moment)
        self.time.close()
        self.time.enter_context(clock.frozen(self.moment))

    def _at(self, moment: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self.plan, (moment, next(self.numbers), act))

    def _in(self, seconds: float, act: Callable[[], None]) -> None:
        self._at(self.moment + timedelta(seconds=seconds), act)

    def run(self) -> Tally:
        """Let the days pass, and one more in which everything must be forgotten."""
        began = timing.monotonic()
        end = desk.wall(desk.FIRST_DAY + timedelta(days=self.days + 1), time(6))
        while (moment := self._next()) is not None and moment < end:
            self._set(moment)
            jobs.run_due(500)
            while self.plan and self.plan[0][0] <= self.moment:
                heapq.heappop(self.plan)[2]()
                jobs.run_due(500)
            self._compare()
            db.session.remove()
        self.tally.left = len(db.session.scalars(select(HelpCall.id)).all())
        db.session.remove()
        self.time.close()
        self.tally.seconds = timing.monotonic() - began
        return self.tally

    def _next(self) -> datetime | None:
        waiting = select(jobs.Job.next_at).where(jobs.Job.state == jobs.State.WAITING).order_by(jobs.Job.next_at)
        due = db.session.scalars(waiting.limit(1)).first()
        db.session.rollback()
        planned = self.plan[0][0] if self.plan else None
        return min((each for each in (due, planned) if each), default=None)

    # What people do

    def _press(self, name: str, verb: Callable[..., object], person_id: int, *args: object, **named: object) -> bool:
        self.tally.presses[name] += 1
        try:
            with transaction():
                verb(Colleague(id=person_id), *args, **named)
        except PortalError:
            self.tally.refused += 1
            return False
        return True

    def _happen(self, each: Happening) -> None:
        if each.what == "raise":
            self._raise()
            return
        mate, until = self.mates[each.person_id], self.moment + timedelta(minutes=each.lasts)
        if each.what in {"come", "go"}:
            self._be_there(mate, each.what == "come")
        elif each.what == "blink":
            self._be_there(mate, False)
            self._in(each.lasts, lambda: self._be_there(mate, True))
        else:
            self._say(mate, each.what, until)

    def _say(self, mate: Mate, what: str, until: datetime) -> None:
        if what in {"on call", "away"}:
            kind = Availability.ON_CALL if what == "on call" else Availability.AWAY
            self._press("say", standing.say, mate.id, kind, until=until)
            mate.engaged_until = until
        elif what == "free":
            self._press("say", standing.say, mate.id, Availability.AVAILABLE)
            mate.engaged_until = None
        elif what == "easy":
            self._press("easy", standing.take_it_easy, mate.id)
            mate.easy_until = self._morning()
        else:
            self._press("off", standing.not_at_work, mate.id)
            shift = next((span for span in mate.shifts if span[0] <= self.moment < span[1]), None)
            mate.off_until, mate.engaged_until, mate.easy_until = shift and shift[1], None, None

    def _morning(self) -> datetime:
        today = self.moment.astimezone(desk.OSLO).date()
        mornings = (desk.wall(today + timedelta(days=number), time(8)) for number in (0, 1))
        return next(each for each in mornings if each > self.moment)

    def _be_there(self, mate: Mate, is_present: bool) -> None:
        with transaction() as session:
            session.execute(delete(Presence).where(Presence.person_id == mate.id))
            if is_present:
                session.add(Presence(process="web", person_id=mate.id, seen_at=self.moment + FAR))
                record(CameOnline(person_id=mate.id))
        mate.is_present = is_present

    def _raise(self) -> None:
        at_work = [mate for mate in self.mates.values() if desk.is_in(mate.shifts, self.moment) and mate.is_present]
        if not at_work:
            return
        asker, tag = self.dice.choice(at_work).id, self.dice.choice((*desk.TAGS, ""))
        if self._press("raise", calls.raise_hand, asker, text="Skjermen er svart", tag=tag):
            self.tally.raised += 1
            if self.dice.random() < 0.08:
                self._in(self.dice.uniform(2, 200), lambda: self._each_own("cancel", calls.cancel, asker))

    def _each_own(self, name: str, verb: Callable[..., object], asker: int) -> None:
        open_now = select(HelpCall.id).where(HelpCall.asker_id == asker, HelpCall.state != State.OVER)
        for call_id in db.session.scalars(open_now).all():
            self._press(name, verb, asker, call_id)

    def _answer(self, call_id: int, person_id: int) -> None:
        """Make up what somebody does whose screen has begun to ring."""
        roll, wait = self.dice.random(), self.dice.lognormvariate(3.0, 0.8)
        if roll < 0.2:
            self._in(wait, lambda: self._come(call_id, person_id))
        elif roll < 0.4:
            self._in(wait, lambda: self._not_now(call_id, person_id))

    def _not_now(self, call_id: int, person_id: int) -> None:
        call = db.session.get(HelpCall, call_id)
        if call and call.state == State.RINGING:
            seen = self.seen.get((call_id, call.rounds))
            if self._press("not now", calls.not_now, person_id, call_id) and seen:
                seen.declined.add(person_id)

    def _come(self, call_id: int, person_id: int) -> None:
        if not self._press("come", calls.come, person_id, call_id):
            return
        rest = select(Rung.person_id).where(Rung.call_id == call_id)
        self.tally.still_ringing += len(db.session.scalars(rest).all())
        self.silent[call_id] = person_id
        roll = self.dice.random()
        if roll < 0.75:
            self._in(self.dice.uniform(3, 60), lambda: self._press("talk", calls.talk, person_id, call_id))
        elif roll < 0.85:
            asker = db.session.get_one(HelpCall, call_id).asker_id
            self._in(self.dice.uniform(10, 80), lambda: self._press("ring again", calls.ring_again, asker, call_id))
        if self.dice.random() < 0.15:
            self._in(self.dice.uniform(5, 90), lambda: self._second(call_id))
        if self.dice.random() < 0.15:
            self._in(self.dice.uniform(5, 200), lambda: self._offer(call_id, person_id))
        if self.dice.random() < 0.97:
            self._in(self.dice.uniform(90, 1500), lambda: self._press("end", ending.end, person_id, call_id))

    def _second(self, call_id: int) -> None:
        self._press("join", helping.join, self.dice.choice(list(self.mates)), call_id)

    def _offer(self, call_id: int, person_id: int) -> None:
        other = self.dice.choice(list(self.mates))
        if self._press("offer", helping.offer, person_id, call_id, other) and self.dice.random() < 0.6:
            self._in(self.dice.uniform(2, 80), lambda: self._take_over(call_id, other))

    def _take_over(self, call_id: int, person_id: int) -> None:
        if self._press("take over", helping.take_over, person_id, call_id):
            self.silent[call_id] = person_id
            self._in(self.dice.uniform(60, 600), lambda: self._press("end", ending.end, person_id, call_id))

    # What should be

    def _compare(self) -> None:
        open_calls = db.session.scalars(select(HelpCall).where(HelpCall.state != State.OVER)).all()
        busy = {call.asker_id for call in open_calls}
        busy |= {call.taken_by_id for call in open_calls if call.taken_by_id and call.state == State.TAKEN}
        busy |= set(db.session.scalars(select(Helping.person_id).join(HelpCall).where(HelpCall.state == State.TAKEN)))
        for call in open_calls:
            if call.state == State.RINGING:
                self._compare_call(call, busy)

    def _compare_call(self, call: HelpCall, busy: set[int]) -> None:
        key = (call.id, call.rounds)
        if key not in self.seen:
            self.seen[key] = Seen(spared=self.silent.get(call.id, 0) if call.rounds > 1 else 0)
            for seconds in WIDENS:
                self._at(call.rung_at + timedelta(seconds=seconds), lambda: None)
        seen = self.seen[key]
        rows = db.session.scalars(select(Rung).where(Rung.call_id == call.id, Rung.declined.is_(False)))
        rung = {row.person_id: row.rung_at for row in rows}
        reached = self._should(call, seen, busy)
        self._note_new(call, seen, rung, reached)
        self._note_gone(seen, rung, busy)
        self._note_due(call, seen, rung, reached)
        seen.rung = rung

    def _should(self, call: HelpCall, seen: Seen, busy: set[int]) -> dict[int, int]:
        """Give who can be reached now, by the plan, and in which circle; wider than it has come are left out."""
        elapsed = (self.moment - call.rung_at).total_seconds()
        alone = busy | seen.declined | ({seen.spared} if elapsed < 60 else set())
        tag = call.tag.slug if call.tag else None
        can_be = {
            mate.id: mate.circle(tag, self.moment)
            for mate in self.mates.values()
            if mate.is_present and mate.id not in alone and mate.may_be_rung(self.moment)
        }
        widest = max(sum(elapsed >= seconds for seconds in WIDENS), min(can_be.values(), default=3))
        return {person_id: circle for person_id, circle in can_be.items() if circle <= widest}

    def _note_new(self, call: HelpCall, seen: Seen, rung: dict[int, datetime], reached: dict[int, int]) -> None:
        for person_id in rung.keys() - seen.rung.keys():
            self.tally.rings += 1
            self._answer(call.id, person_id)
            if person_id in reached:
                self._note_error(call, seen.due.get(person_id, self.moment), rung[person_id])
            elif self.mates[person_id].may_be_rung(self.moment):
                self.tally.early += 1
            else:
                self.tally.wrong_rings += 1

    def _note_error(self, call: HelpCall, due: datetime, rung_at: datetime) -> None:
        late = abs((rung_at - due).total_seconds())
        is_widening = (due - call.rung_at).total_seconds() in (0, *WIDENS)
        if is_widening:
            self.tally.widening_error = max(self.tally.widening_error, late)
        else:
            self.tally.noticed_after = max(self.tally.noticed_after, late)

    def _note_gone(self, seen: Seen, rung: dict[int, datetime], busy: set[int]) -> None:
        for person_id in rung:
            if self.mates[person_id].may_be_rung(self.moment) and person_id not in busy:
                seen.gone.pop(person_id, None)
            elif self.moment - seen.gone.setdefault(person_id, self.moment) > GRACE:
                self.tally.lingered += 1

    def _note_due(self, call: HelpCall, seen: Seen, rung: dict[int, datetime], reached: dict[int, int]) -> None:
        seen.due = {person_id: seen.due.get(person_id, self.moment) for person_id in reached}
        if (self.moment - call.rung_at).total_seconds() in WIDENS:
            self.tally.looks += 1
            self.tally.missing += len(reached.keys() - rung.keys())


def simulate(*, seed: int = 1, people: int = 50, days: int = 30, calls_a_day: int = 40) -> Tally:
    """Live through some days on the empty database of the app that is open."""
    return Simulation(seed=seed, people=people, days=days, calls_a_day=calls_a_day).run()


def main() -> None:
    """Live through a month and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--calls", type=int, default=40, help="hands that go up in a day")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    wanted = parser.parse_args()
    with database(wanted.database) as url, tempfile.TemporaryDirectory(prefix="tunet-shift-") as folder:
        app = open_app(url, folder)
        bring_up_to_date(app)
        with app.app_context():
            tally = simulate(seed=wanted.seed, people=wanted.people, days=wanted.days, calls_a_day=wanted.calls)
            db.engine.dispose()
    tell(tally)
    if not tally.is_right:
        sys.exit(1)


def tell(tally: Tally) -> None:
    """Print what was found."""
    print(f"calls raised                     {tally.raised}")
    print(f"screens rung                     {tally.rings}")
    print(f"rung off duty, busy or in quiet  {tally.wrong_rings}  (rung on for more than 15 s: {tally.lingered})")
    print(f"looks at 30, 60 and 120 s        {tally.looks}  (missing: {tally.missing}, too early: {tally.early})")
    print(f"widening error, at most          {tally.widening_error:.3f} s")
    print(f"free by the clock, noticed after {tally.noticed_after:.1f} s at most")
    print(f"rang on after somebody came      {tally.still_ringing}")
    print(f"hands left at the end            {tally.left}")
    print(f"presses                          {dict(tally.presses)}, refused {tally.refused}")
    print(f"seconds                          {tally.seconds:.0f}")


if __name__ == "__main__":
    main()
