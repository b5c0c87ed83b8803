"""A made-up desk for `python -m bench shift`: fifty colleagues, a month of shifts, and what each is at any moment.

What is said here of a moment is worked out from the plan alone, in another way than the portal does it: the two are
compared afterwards.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.blueprints.notifications.models import QuietSpan
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.questions.models.skills import Skill
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.rules.skills import Level
from portal.blueprints.shifts.models import Rota, Shift
from portal.blueprints.shifts.rules import Kind
from portal.core.db import db

OSLO = ZoneInfo("Europe/Oslo")
FIRST_DAY = date(2026, 11, 2)  # a Monday
TAGS = ("utskrift", "journal", "innlogging", "nett", "skjerm", "telefoni")
EARLY, LATE, NIGHT = (time(7), 8.0), (time(14, 30), 8.0), (time(22), 9.0)
WEEKDAY, WEEKEND = ((EARLY, 0.42), (LATE, 0.2), (NIGHT, 0.06)), ((EARLY, 0.12), (LATE, 0.08), (NIGHT, 0.06))
Times = tuple[datetime, datetime]


def wall(day: date, at: time) -> datetime:
    """Turn the time on the wall into a moment."""
    return datetime.combine(day, at, OSLO).astimezone(UTC)


def is_in(spans: Sequence[Times], moment: datetime) -> bool:
    """Tell whether a moment lies in one of the spans."""
    return any(start <= moment < end for start, end in spans)


@dataclass(kw_only=True)
class Mate:
    """A colleague, as the plan has them, and what they have said last."""

    id: int
    knows: frozenset[str]
    learns: frozenset[str]
    is_supporter: bool
    quiet: tuple[time, time] | None
    shifts: list[Times] = field(default_factory=list)
    leave: list[Times] = field(default_factory=list)
    is_present: bool = False
    engaged_until: datetime | None = None  # on a call, or away
    easy_until: datetime | None = None
    off_until: datetime | None = None

    def may_be_rung(self, moment: datetime) -> bool:
        """Tell whether a screen of theirs may ring at all."""
        is_off = self.off_until is not None and moment < self.off_until
        is_easy = self.easy_until is not None and moment < self.easy_until
        is_at_work = is_in(self.shifts, moment) and not is_in(self.leave, moment)
        return is_at_work and not is_off and not is_easy and not self.is_quiet(moment)

    def is_quiet(self, moment: datetime) -> bool:
        """Tell whether they have their quiet hours."""
        if self.quiet is None:
            return False
        starts, ends = self.quiet
        now = moment.astimezone(OSLO).time()
        return starts <= now < ends if starts < ends else now >= starts or now < ends

    def is_free(self, moment: datetime) -> bool:
        """Tell whether they are neither on a call nor away."""
        return self.engaged_until is None or moment >= self.engaged_until

    def circle(self, tag: str | None, moment: datetime) -> int:
        """Give how far a call must widen until it reaches them."""
        if not self.is_free(moment):
            return 3
        if tag is None or tag in self.knows:
            return 0
        return 1 if tag in self.learns or self.is_supporter else 2


def furnish(dice: random.Random, *, people: int, days: int) -> list[Mate]:
    """Write the desk and its rota into the database."""
    tags = {slug: Tag(slug=slug, name_nn=slug, name_nb=slug, name_en=slug, color="sun") for slug in TAGS}
    first, last = wall(FIRST_DAY, time(0)), wall(FIRST_DAY + timedelta(days=days + 2), time(0))
    rota = Rota(name="Vaktplan", read_at=first, first_at=first, last_at=last)
    db.session.add_all([*tags.values(), rota])
    db.session.flush()
    mates = [_mate(dice, tags, number) for number in range(people)]
    for mate in mates:
        mate.shifts, mate.leave = _shifts(dice, days), _leave(dice, days)
        rows = [(Kind.WORK, span) for span in mate.shifts] + [(Kind.LEAVE, span) for span in mate.leave]
        db.session.add_all(
            Shift(rota_id=rota.id, person_id=mate.id, kind=kind, starts_at=starts, ends_at=ends)
            for kind, (starts, ends) in rows
        )
    db.session.flush()
    return mates


def _mate(dice: random.Random, tags: dict[str, Tag], number: int) -> Mate:
    is_supporter = number % 10 == 0
    roles = frozenset({Role.COLLEAGUE, Role.PEER_SUPPORTER} if is_supporter else {Role.COLLEAGUE})
    person = Person(name=f"Kollega {number}", email=f"k{number}@example.org", username=f"k{number}", roles=roles)
    db.session.add(person)
    db.session.flush()
    known = dice.sample(TAGS, dice.randint(1, 3))
    learnt = dice.sample([tag for tag in TAGS if tag not in known], dice.randint(0, 2))
    for level, slugs in ((Level.KNOWS, known), (Level.LEARNING, learnt)):
        db.session.add_all(Skill(person_id=person.id, tag_id=tags[slug].id, level=level) for slug in slugs)
    quiet = dice.choice([None, None, None, None, (time(11, 30), time(12)), (time(21, 30), time(6, 45))])
    if quiet:
        db.session.add(QuietSpan(person_id=person.id, weekdays=127, starts=quiet[0], ends=quiet[1], ends_on=None))
    return Mate(id=person.id, knows=frozenset(known), learns=frozenset(learnt), is_supporter=is_supporter, quiet=quiet)


def _shifts(dice: random.Random, days: int) -> list[Times]:
    found: list[Times] = []
    for number in range(days):
        day, roll = FIRST_DAY + timedelta(days=number), dice.random()
        for (starts, hours), share in WEEKEND if day.weekday() >= 5 else WEEKDAY:
            roll -= share
            if roll < 0:
                begin = wall(day, starts)
                if not found or begin >= found[-1][1]:
                    found.append((begin, begin + timedelta(hours=hours)))
                break
    return found


def _leave(dice: random.Random, days: int) -> list[Times]:
    if dice.random() < 0.5:
        return []
    begin = wall(FIRST_DAY + timedelta(days=dice.randrange(days)), time(0))
    return [(begin, begin + timedelta(days=dice.randint(1, 4)))]


@dataclass(frozen=True, kw_only=True, order=True)
class Happening:
    """Something that a colleague does of their own accord."""

    moment: datetime
    person_id: int
    what: str
    lasts: float = 0.0  # minutes


def happenings(dice: random.Random, mates: Sequence[Mate], *, days: int, calls_a_day: int) -> list[Happening]:
    """Make up what everybody does of their own accord, in order."""
    found = [each for mate in mates for each in _of(dice, mate)]
    for number in range(days):
        opens = wall(FIRST_DAY + timedelta(days=number), time(0))
        for _ in range(calls_a_day):
            hour = dice.choice((*range(24), *range(8, 16), *range(8, 16)))
            moment = opens + timedelta(hours=hour, seconds=dice.uniform(0, 3600))
            found.append(Happening(moment=moment, person_id=0, what="raise"))
    return sorted(found)


def _of(dice: random.Random, mate: Mate) -> Iterator[Happening]:
    for starts, ends in mate.shifts:
        yield Happening(moment=starts + timedelta(minutes=dice.uniform(-10, 10)), person_id=mate.id, what="come")
        yield Happening(moment=ends + timedelta(minutes=dice.uniform(-5, 90)), person_id=mate.id, what="go")
        length = (ends - starts).total_seconds()
        for _ in range(dice.randint(1, 5)):
            moment = starts + timedelta(seconds=dice.uniform(0, length))
            what = dice.choices(("on call", "away", "free", "blink"), (6, 2, 2, 2))[0]
            yield Happening(moment=moment, person_id=mate.id, what=what, lasts=dice.uniform(1, 40))
        rare = dice.choices(("", "easy", "off"), (90, 6, 4))[0]
        if rare:
            yield Happening(moment=starts + timedelta(seconds=dice.uniform(600, length)), person_id=mate.id, what=rare)
