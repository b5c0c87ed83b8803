"""Live through a year of shifts and questions: python -m bench attack prompts.

Fifty people with a made-up rota (early, late, nights, weekends), leave, quiet hours, calls, easy days and words of
their own; they choose a day and a time, choose anew, and say never. The worker looks at odd moments, and on the second
before, at, and after everything that begins or ends: on both days on which the clock changes too. Each question is then
held against what was written down when the year was made, second by second and without the portal's rules.
"""

from __future__ import annotations

import random
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from bench.claims import database, open_app
from portal.blueprints.checkins.facts import Asked
from portal.blueprints.checkins.rules.prompts import Choice
from portal.blueprints.checkins.service import prompts
from portal.blueprints.notifications.models import QuietSpan
from portal.blueprints.shifts.models import Rota, Shift, Standing
from portal.blueprints.shifts.rules import Availability, Kind
from portal.cli.database import bring_up_to_date
from portal.core import clock
from portal.core.db import db, transaction
from portal.core.facts import on
from tests.factories.people import make_person

FIRST = date(2026, 11, 30)
CLOCKS_CHANGE = (date(2027, 3, 28), date(2027, 10, 31))
TURNS = ((7, 15), (8, 16), (14, 22), (8, 16), (22, 31), (7, 15), (8, 16), (14, 22))
SECOND = timedelta(seconds=1)
SLICE = timedelta(minutes=15)  # shifts begin and end on the quarter
MOST_LOOKS = 10  # a day, of those that matter; on the days on which the clock changes all
Span = tuple[datetime, datetime]


class Disturbed(Exception):
    """Somebody was asked when they were to be left in peace."""


@dataclass
class Colleague:
    """What is true of somebody, as it was made up."""

    id: int
    shifts: list[Span] = field(default_factory=list)
    leave: list[Span] = field(default_factory=list)
    quiet: tuple[int, time, time] | None = None  # weekday, from, to
    word: tuple[str, Span] | None = None  # the last thing they said of themselves
    choice: Choice = field(default_factory=Choice)
    asked: list[datetime] = field(default_factory=list)
    nights: list[Span] = field(default_factory=list)  # night shifts, and the day after each
    edges: dict[date, set[datetime]] = field(default_factory=lambda: defaultdict(set))
    waiting: int = 0  # days on which their hour came


_asked: list[int] = []


@on(Asked)
def hear(fact: Asked) -> None:
    """Note whom the portal asks."""
    _asked.append(fact.person_id)


def attack(full: bool) -> list[str]:
    """Live through it; give the figures."""
    people, days = (50, _days(364, 1)) if full else (8, _around_the_change())
    with database("sqlite") as url, tempfile.TemporaryDirectory(prefix="tunet-prompts-") as folder:
        app = open_app(url, folder)
        bring_up_to_date(app)
        with app.app_context():
            try:
                return _live(people, days)
            finally:
                db.session.remove()
                db.engine.dispose()


def _days(count: int, step: int) -> list[date]:
    return [FIRST + timedelta(days=number * step) for number in range(count)]


def _around_the_change() -> list[date]:
    return [day + timedelta(days=number) for day in CLOCKS_CHANGE for number in range(-6, 2)]


def _live(people: int, days: list[date]) -> list[str]:
    dice = random.Random(17)
    desk = _make_desk(people, days, dice)
    looks, faults, without = 0, list[str](), 0
    for day in days:
        with clock.frozen(clock.at_wall(day, time())), transaction():
            _choose_anew(desk, dice)
        for moment in _moments(day, desk, dice):
            looks += 1
            _look(moment, desk, dice, faults)
        without += sum(_would_disturb(mate, day) for mate in desk)
        if day.weekday() == 0:
            with clock.frozen(clock.at_wall(day, time(3, 55))), transaction():
                prompts.fade()
    often = sum(later.date() - earlier.date() < timedelta(days=7) for mate in desk for earlier, later in _days_of(mate))
    asked = sum(len(mate.asked) for mate in desk)
    if faults or often:
        raise Disturbed(f"{len(faults)} questions at a wrong moment ({faults[:3]}), {often} more than once a week")
    if not asked or not without:
        raise Disturbed("nobody was asked, or nobody would have been disturbed: this proves nothing")
    weeks = sum(mate.waiting for mate in desk)
    return [
        f"{people} people, {len(days)} days, {looks} looks: {asked} questions on {weeks} days on which an hour came",
        "outside the windows 0, on a call or away 0, after a night shift 0, in quiet hours 0, twice in seven days 0",
        f"  asked at the hour itself, whatever it is: {without} questions at a wrong moment",
    ]


def _days_of(mate: Colleague) -> list[tuple[datetime, datetime]]:
    return list(pairwise(clock.wall(moment) for moment in mate.asked))


def _make_desk(people: int, days: list[date], dice: random.Random) -> list[Colleague]:
    with transaction():
        desk = [Colleague(id=make_person(f"Kollega {number}").id) for number in range(people)]
        rota = Rota(name="Eit år", read_at=clock.now())
        db.session.add(rota)
        db.session.flush()
        for number, mate in enumerate(desk):
            _roster(number, mate, days, dice)
            lines = [(Kind.WORK, span) for span in mate.shifts] + [(Kind.LEAVE, span) for span in mate.leave]
            db.session.add_all(
                Shift(rota_id=rota.id, person_id=mate.id, kind=kind, starts_at=span[0], ends_at=span[1])
                for kind, span in lines
            )
            if number % 4 == 0:
                mate.quiet = (dice.randrange(5), time(dice.randrange(8, 12)), time(dice.randrange(13, 18)))
                weekday, starts, ends = mate.quiet
                row = QuietSpan(person_id=mate.id)
                row.starts, row.ends, row.weekdays = starts, ends, 1 << weekday
                db.session.add(row)
    return desk


def _roster(number: int, mate: Colleague, days: list[date], dice: random.Random) -> None:
    for day in sorted({day + timedelta(days=each) for day in days for each in (-1, 0, 1)}):
        week = day.isocalendar().week
        if day.weekday() < 5 or (number + week) % 3 == 0:
            starts, ends = TURNS[(number + week) % len(TURNS)]
            last = day + timedelta(days=ends // 24)
            mate.shifts.append((clock.at_wall(day, time(starts)), clock.at_wall(last, time(ends % 24))))
        if dice.random() < 0.04:
            mate.leave.append((clock.at_wall(day, time()), clock.at_wall(day + timedelta(days=1), time())))
    mate.nights = [felt for span in mate.shifts for felt in _felt(mate, span)]
    for span in (*mate.shifts, *mate.leave):
        for edge in span:
            mate.edges[clock.wall(edge).date()].add(edge)


def _choose_anew(desk: list[Colleague], dice: random.Random) -> None:
    for mate in desk:
        if mate.choice.is_never or dice.random() < 0.05:
            weekday = None if dice.random() < 0.1 else dice.randrange(7)
            mate.choice = Choice(weekday=weekday, at=time(dice.randrange(6, 23), dice.choice((0, 15, 30))))
            prompts.choose(mate, mate.choice)


def _moments(day: date, desk: list[Colleague], dice: random.Random) -> list[datetime]:
    """Look at odd moments, and around all that begins and ends for those whose day it is."""
    begins = clock.at_wall(day, time())
    moments = {begins + timedelta(minutes=dice.randrange(24 * 60)) for _ in range(6)}
    for mate in desk:
        if mate.choice.weekday == day.weekday():
            mate.waiting += 1
            moments.add(clock.at_wall(day, mate.choice.at))
            moments |= {edge + offset for edge in mate.edges[day] for offset in (-SECOND, timedelta(), SECOND)}
    return (
        sorted(moments) if day in CLOCKS_CHANGE else sorted(dice.sample(sorted(moments), min(MOST_LOOKS, len(moments))))
    )


def _look(moment: datetime, desk: list[Colleague], dice: random.Random, faults: list[str]) -> None:
    _asked.clear()
    with clock.frozen(moment), transaction():
        if dice.random() < 0.3:
            _say(dice.choice(desk), moment, dice)
        prompts.ask_those_due()
    for mate in desk:
        if mate.id in _asked:
            mate.asked.append(moment)
            faults += [f"{why} {clock.wall(moment)}" for why in _wrong(mate, moment)]


def _say(mate: Colleague, moment: datetime, dice: random.Random) -> None:
    what, until = (
        dice.choice(("on_call", "away", "easy", "off", "work")),
        moment + timedelta(hours=dice.randrange(1, 9)),
    )
    mate.word = (what, (moment, until))
    db.session.merge(
        Standing(
            person_id=mate.id,
            availability=Availability(what) if what in {"on_call", "away"} else Availability.AVAILABLE,
            until=until if what in {"on_call", "away"} else None,
            easy_until=until if what == "easy" else None,
            off_until=until if what == "off" else None,
            works_until=until if what == "work" else None,
        )
    )


def _would_disturb(mate: Colleague, day: date) -> bool:
    return mate.choice.weekday == day.weekday() and bool(_wrong(mate, clock.at_wall(day, mate.choice.at)))


def _wrong(mate: Colleague, moment: datetime) -> list[str]:
    """Say what is wrong with asking somebody at a moment: from what was made up, and nothing else."""
    wall, said = clock.wall(moment), _said(mate, moment)
    is_rostered = _in(mate.shifts, moment) and not _in(mate.leave, moment)
    wrongs = {
        "off duty": said == "off" or not (is_rostered or said == "work"),
        "not to be spoken to": said in {"on_call", "away", "easy"},
        "after a night": _in(mate.nights, moment),
        "another day": mate.choice.weekday != wall.weekday() or wall.time() < mate.choice.at,
        "quiet": mate.quiet is not None
        and mate.quiet[0] == wall.weekday()
        and mate.quiet[1] <= wall.time() < mate.quiet[2],
    }
    return [why for why, is_wrong in wrongs.items() if is_wrong]


def _said(mate: Colleague, moment: datetime) -> str:
    return mate.word[0] if mate.word and _in([mate.word[1]], moment) else ""


def _in(spans: list[Span], moment: datetime) -> bool:
    return any(start <= moment < end for start, end in spans)


def _felt(mate: Colleague, span: Span) -> list[Span]:
    """Tell how long a shift keeps one asleep: until a day after it, where three hours of it were worked by night."""
    count = int((span[1] - span[0]) / SLICE)
    leave = [away for away in mate.leave if away[0] < span[1] and away[1] > span[0]]
    worked = [each for number in range(count) if not _in(leave, each := span[0] + SLICE * number)]
    by_night = [each for each in worked if clock.wall(each).hour in {23, 0, 1, 2, 3, 4, 5}]
    if len(by_night) * SLICE < timedelta(hours=3):
        return []
    return [(worked[0], worked[-1] + SLICE + timedelta(hours=24))]
