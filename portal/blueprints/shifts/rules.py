"""What a person at work is, from values only: spans of time, the rota, and what each says of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

ON_CALL_FOR = timedelta(hours=2)  # nobody remembers to say that a call is over
LONGEST_WORD = timedelta(hours=24)
SEEN_FOR = timedelta(seconds=75)  # a process tells every half minute who is there: one that is missed is no absence
LOOKS_AHEAD = timedelta(hours=36)  # so far are the shifts read to know when the one of now ends
DAY_ENDS = time(8)  # «the rest of today» ends in the morning, as quiet time does
NIGHT_FROM, NIGHT_TO = time(23), time(6)
A_NIGHT = timedelta(hours=3)  # so much of the night worked makes a night shift
NIGHT_IS_FELT = timedelta(hours=24)


class Kind(StrEnum):
    """What a line of the rota says of a span of time."""

    WORK = "work"
    LEAVE = "leave"


class Availability(StrEnum):
    """Whether somebody at work can be disturbed, by their own word."""

    AVAILABLE = "available"
    ON_CALL = "on_call"  # speaks with somebody
    AWAY = "away"


@dataclass(frozen=True, kw_only=True, order=True)
class Span:
    """A half-open interval of time: the end no longer belongs to it."""

    starts_at: datetime
    ends_at: datetime

    def holds(self, moment: datetime) -> bool:
        """Tell whether a moment lies in it."""
        return self.starts_at <= moment < self.ends_at

    @property
    def length(self) -> timedelta:
        """Tell how long it is; by the clock of the world, which knows no summer time."""
        return self.ends_at.astimezone(UTC) - self.starts_at.astimezone(UTC)


def union(spans: Iterable[Span]) -> list[Span]:
    """Put together what overlaps or touches, in order; what is empty is nothing."""
    return _together(spans, timedelta())


def minus(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """Take time away from spans; what is left is in order and apart."""
    left = union(spans)
    for away in union(taken):
        left = [piece for span in left for piece in _without(span, away)]
    return left


def merged(spans: Iterable[Span]) -> list[Span]:
    """Put together what overlaps, in order; shifts that only touch stay two."""
    return _together(spans, timedelta(microseconds=1))


def _together(spans: Iterable[Span], overlap: timedelta) -> list[Span]:
    together: list[Span] = []
    for span in sorted(each for each in spans if each.starts_at < each.ends_at):
        if together and together[-1].ends_at - span.starts_at >= overlap:
            last = together.pop()
            span = Span(starts_at=last.starts_at, ends_at=max(last.ends_at, span.ends_at))
        together.append(span)
    return together


def _without(span: Span, away: Span) -> Sequence[Span]:
    if away.ends_at <= span.starts_at or span.ends_at <= away.starts_at:
        return [span]
    before = Span(starts_at=span.starts_at, ends_at=away.starts_at)
    after = Span(starts_at=away.ends_at, ends_at=span.ends_at)
    return [piece for piece in (before, after) if piece.starts_at < piece.ends_at]


def within(spans: Iterable[Span], frame: Span) -> list[Span]:
    """Give the parts of spans that lie in a frame."""
    cut = (
        Span(starts_at=max(span.starts_at, frame.starts_at), ends_at=min(span.ends_at, frame.ends_at)) for span in spans
    )
    return union(cut)


def find_holding(spans: Iterable[Span], moment: datetime) -> Span | None:
    """Find the span that a moment lies in."""
    return next((span for span in spans if span.holds(moment)), None)


@dataclass(frozen=True, kw_only=True)
class Rostered:
    """What the rota says of one person: time at work, and time on leave."""

    work: Sequence[Span] = ()
    leave: Sequence[Span] = ()

    @property
    def duty(self) -> list[Span]:
        """Give the time at work that is not leave, in order and apart."""
        return minus(self.work, self.leave)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a person has said of themselves. Every word has an end; past it, it is as if never said."""

    availability: Availability = Availability.AVAILABLE
    until: datetime | None = None
    works_until: datetime | None = None
    off_until: datetime | None = None
    easy_until: datetime | None = None

    def at(self, moment: datetime) -> Said:
        """Give what of it still holds at a moment."""
        holds = _ahead(self.until, moment) is not None
        return Said(
            availability=self.availability if holds else Availability.AVAILABLE,
            until=self.until if holds else None,
            works_until=_ahead(self.works_until, moment),
            off_until=_ahead(self.off_until, moment),
            easy_until=_ahead(self.easy_until, moment),
        )


NOTHING_SAID = Said()


def _ahead(end: datetime | None, moment: datetime) -> datetime | None:
    return end if end and end > moment else None


@dataclass(frozen=True, kw_only=True)
class Stand:
    """How somebody stands at a moment: at work or not, until when, and what they have said that still holds."""

    is_at_work: bool
    until: datetime | None = None  # of being at work
    said: Said = field(default=NOTHING_SAID)

    @property
    def takes_it_easy(self) -> bool:
        """Tell whether they are left in peace today."""
        return self.said.easy_until is not None

    @property
    def is_by_own_word(self) -> bool:
        """Tell whether it is their own word, and not the rota, that says whether they are at work."""
        return bool(self.said.works_until or self.said.off_until)


def working_time(rostered: Rostered, said: Said, moment: datetime) -> list[Span]:
    """Give the time at work from a moment on: one's own «at work» beats the rota, «not at work» beats both."""
    said = said.at(moment)
    work = rostered.duty
    if said.works_until:
        work = union([*work, Span(starts_at=moment, ends_at=said.works_until)])
    if said.off_until:
        work = minus(work, [Span(starts_at=moment, ends_at=said.off_until)])
    return work


def stand(rostered: Rostered, said: Said, moment: datetime) -> Stand:
    """Tell how somebody stands at a moment."""
    now = find_holding(working_time(rostered, said, moment), moment)
    return Stand(is_at_work=now is not None, until=now.ends_at if now else None, said=said.at(moment))


@dataclass(frozen=True, kw_only=True)
class AtWork:
    """Somebody who is at work now."""

    person_id: int
    until: datetime | None
    availability: Availability
    takes_it_easy: bool
    is_present: bool

    @property
    def can_be_spoken_to(self) -> bool:
        """Tell whether they can be spoken to: not on a call, not away, and not taking it easy."""
        return self.availability is Availability.AVAILABLE and not self.takes_it_easy

    @property
    def is_free(self) -> bool:
        """Tell whether a call can reach them now: they can be spoken to, and have a page open."""
        return self.can_be_spoken_to and self.is_present


def at_work(person_id: int, found: Stand, *, is_present: bool) -> AtWork | None:
    """Say it of a person, if they are at work."""
    if not found.is_at_work:
        return None
    return AtWork(
        person_id=person_id,
        until=found.until,
        availability=found.said.availability,
        takes_it_easy=found.takes_it_easy,
        is_present=is_present,
    )


def rest_of_today(moment: datetime, *, zone: tzinfo) -> datetime:
    """Give the end of «the rest of today»: the coming morning."""
    wall = moment.astimezone(zone)
    today = on_wall(wall.date(), DAY_ENDS, zone)
    return today if moment < today else on_wall(wall.date() + timedelta(days=1), DAY_ENDS, zone)


def on_wall(day: date, at: time, zone: tzinfo) -> datetime:
    """Turn a wall-clock time into a moment; of two the first, and the hour that is skipped moves on."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def is_night_shift(span: Span, *, zone: tzinfo) -> bool:
    """Tell whether so much of it lies in the night that one must sleep by day."""
    first = span.starts_at.astimezone(zone).date() - timedelta(days=1)
    nights = (
        Span(starts_at=on_wall(day, NIGHT_FROM, zone), ends_at=on_wall(day + timedelta(days=1), NIGHT_TO, zone))
        for day in (first + timedelta(days=number) for number in range(span.length.days + 4))
    )
    return any(sum((piece.length for piece in within([span], night)), timedelta()) >= A_NIGHT for night in nights)


# What a rota that is brought in may say.

MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 20_000
LONGEST_SHIFT = timedelta(hours=24)
LONGEST_LEAVE = timedelta(days=732)
KEPT_BACK = timedelta(days=14)
FARTHEST = timedelta(days=400)
CALENDAR_AHEAD = timedelta(days=200)  # a repeating shift is written out so far ahead; each reading moves it on


class Fault(StrEnum):
    """What is wrong with a line of a rota, or with all of it (line 0)."""

    ARCHIVE = "archive"
    NOT_TEXT = "not_text"
    TOO_BIG = "too_big"
    TOO_MANY = "too_many"
    EMPTY = "empty"
    NOT_CSV = "not_csv"
    NO_PERSON_COLUMN = "no_person_column"
    NO_TIME_COLUMN = "no_time_column"
    TWO_COLUMNS = "two_columns"
    CELLS = "cells"
    NO_PERSON = "no_person"
    DAY = "day"
    TIME = "time"
    NO_LENGTH = "no_length"
    BACKWARDS = "backwards"
    LONG_SHIFT = "long_shift"
    LONG_LEAVE = "long_leave"
    FAR = "far"
    KIND = "kind"
    NOT_ICAL = "not_ical"
    EVENT = "event"
    ZONE = "zone"
    REPEATS = "repeats"


@dataclass(frozen=True, kw_only=True)
class Bad:
    """A line that cannot be used, and why. What stands in it is not repeated."""

    line: int
    fault: Fault


class BadRota(Exception):
    """Say that a line, or the whole file (line 0), cannot be used."""

    def __init__(self, fault: Fault, line: int = 0) -> None:
        super().__init__(fault)
        self.bad = Bad(line=line, fault=fault)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What one line says: who (the first of the groups in which anybody is known), when, and at work or away."""

    line: int
    who: tuple[tuple[str, ...], ...]
    kind: Kind
    span: Span


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a file says, and the lines that cannot be used; past ones are passed over."""

    entries: Sequence[Entry] = ()
    bad: Sequence[Bad] = ()
    passed_over: int = 0


# Whole words: a shift at the «sjukehus» is no leave.
LEAVE_WORDS = re.compile(
    r"fri(dag)?|ferie(dag|veke|uke)?|perm(isjon)?|(sjuk|syk)(meld\w*)?|(eigen|egen)melding|fråvær|fravær|avspaser\w*"
    r"|velferd|permittert|borte|leave|vacation|holidays?|sick|absen(t|ce)|off"
)
WORK_WORDS = re.compile(
    r"(\w+)?vakt|arbeid|jobb|teneste|tjeneste|dag|kveld|natt|helg|tidleg|tidlig|sein|seint|sen"
    r"|work|shift|duty|day|early|late|evening|night"
)


def kind_of(words: str) -> Kind | None:
    """Tell what the usual words mean; leave is leave, whatever its reason. Nothing said is work, unknown is None."""
    said = set(re.findall(r"\w+", words.casefold()))
    if any(LEAVE_WORDS.fullmatch(word) for word in said):
        return Kind.LEAVE
    return Kind.WORK if not said or any(WORK_WORDS.fullmatch(word) for word in said) else None


def fault_of(kind: Kind, span: Span, *, moment: datetime) -> Fault | None:
    """Tell what is wrong with a span of a rota."""
    if span.starts_at >= span.ends_at:
        return Fault.NO_LENGTH if span.starts_at == span.ends_at else Fault.BACKWARDS
    if kind is Kind.WORK and span.length > LONGEST_SHIFT + timedelta(hours=1):  # the night on which the clock goes back
        return Fault.LONG_SHIFT
    if kind is Kind.LEAVE and span.length > LONGEST_LEAVE:
        return Fault.LONG_LEAVE
    return Fault.FAR if span.starts_at > moment + FARTHEST else None
