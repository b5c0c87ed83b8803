"""Whom a call rings, and when. Values only: the clock and those at work come in, and a set of persons comes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.blueprints.urgent.rules import calls
from portal.blueprints.urgent.rules.calls import State

WIDENS_AFTER = (30, 60, 120)  # seconds: to those who want to learn, to all who are available, to all at work
LAST = len(WIDENS_AFTER)
NOBODY_IS_FREE_AFTER = 180
GIVES_UP_AFTER = 20 * 60
SPARED_FOR = 60  # who came and was not heard from is not rung at once again
LOOKS_EVERY = 15  # seconds: shifts, leave and quiet hours begin and end without anybody saying so


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody at work, as a call sees them."""

    person_id: int
    is_available: bool = True  # neither on a call nor away
    is_present: bool = True  # a page of the portal is open on a screen
    knows: bool = True  # the system that it is about; everybody does where it is about none
    is_near: bool = False  # wants to learn it, or supports colleagues
    is_left_alone: bool = False  # quiet hours, takes it easy, helps already, asks, or has said «not now»
    is_rung: bool = False  # the screen rings already
    is_silent: bool = False  # it does so without a sound

    @property
    def circle(self) -> int:
        """Give the first circle that this colleague is in."""
        if not self.is_available:
            return LAST
        return 0 if self.knows else 1 if self.is_near else 2


def circle(seconds: float) -> int:
    """Tell how wide a call rings so long after its ringing began."""
    return sum(seconds >= moment for moment in WIDENS_AFTER)


def reach(colleagues: Iterable[Colleague], seconds: float) -> int:
    """Tell how wide it rings where an empty circle is skipped at once."""
    here = [each.circle for each in colleagues if each.is_present and not each.is_left_alone]
    return max(circle(seconds), min(here, default=LAST))


def ring(colleagues: Iterable[Colleague], seconds: float) -> set[int]:
    """Give whose screens a call reaches now: a later circle has everybody of the earlier ones."""
    everybody = list(colleagues)
    widest = reach(everybody, seconds)
    return {
        each.person_id for each in everybody if each.is_present and not each.is_left_alone and each.circle <= widest
    }


def screens(colleagues: Iterable[Colleague], seconds: float) -> dict[int, bool]:
    """Give whose screens show the call, and for each whether it is without a sound.

    Whoever was rung is rung until something else takes them away: a screen that goes dark between two pages, or a
    circle that is narrow again because somebody has come, takes no ring back.
    """
    everybody = list(colleagues)
    reached = ring(everybody, seconds)
    return {
        each.person_id: not each.is_available
        for each in everybody
        if each.person_id in reached or (each.is_rung and not each.is_left_alone and _stays(each))
    }


def _stays(colleague: Colleague) -> bool:
    return colleague.is_available or colleague.is_silent


def is_nobody_free(seconds: float, rung: int) -> bool:
    """Tell whether to say plainly that nobody is free: it has rung long enough, or there is nobody to ring."""
    return seconds >= NOBODY_IS_FREE_AFTER or rung == 0


@dataclass(frozen=True, kw_only=True)
class Course:
    """What decides when something happens next with a call by itself."""

    state: State
    rung_at: datetime
    taken_at: datetime | None = None
    talking_at: datetime | None = None
    offered_until: datetime | None = None


def next_moment(course: Course, *, now: datetime) -> datetime | None:
    """Give when to look at a call again: always later than now, and never when it is over."""
    if course.state is State.OVER:
        return None
    if course.state is State.RINGING:
        return _next_look(course.rung_at, now)
    ends = (lapses_at(course), fades_at(course), course.offered_until)
    return min((end for end in ends if end and end > now), default=now + timedelta(seconds=LOOKS_EVERY))


def _next_look(rung_at: datetime, now: datetime) -> datetime:
    """Give the next of the steps on which all the widenings lie as well."""
    step = timedelta(seconds=LOOKS_EVERY)
    return rung_at + ((now - rung_at) // step + 1) * step


def lapses_at(course: Course) -> datetime | None:
    """Give when a call rings again by itself if nobody says that the two talk."""
    is_silent = course.taken_at is not None and course.talking_at is None
    return course.taken_at + calls.LAPSES_AFTER if is_silent and course.taken_at else None


def fades_at(course: Course) -> datetime | None:
    """Give when a talk that nobody has ended ends by itself."""
    return course.talking_at + calls.TALK_LASTS if course.talking_at else None


def is_given_up(course: Course, *, now: datetime) -> bool:
    """Tell whether a call has rung in vain for so long that it is over."""
    return now >= course.rung_at + timedelta(seconds=GIVES_UP_AFTER)
