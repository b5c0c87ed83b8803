"""What happens in the breathing space. Ids only, never a word of what was said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Shared:
    """Somebody let one colleague read a check-in."""

    checkin_id: str
    author_id: int
    reader_id: int


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """A colleague can no longer read a check-in: it was deleted, has expired, or is for somebody else now."""

    checkin_id: str
    reader_id: int


@dataclass(frozen=True, kw_only=True)
class JoyPosted:
    """Somebody put a joy on the wall, perhaps with thanks to a colleague."""

    joy_id: int
    author_id: int
    to_id: int | None


@dataclass(frozen=True, kw_only=True)
class JoyGone:
    """A joy is no longer on the wall."""

    joy_id: int


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A colleague answered a check-in on the team's wall with a sign."""

    checkin_id: str
    author_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class Unsigned:
    """A colleague took a sign back."""

    checkin_id: str
    author_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class TeamGone:
    """A check-in no longer hangs on the team's wall."""

    checkin_id: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Somebody who wanted it is asked how they are."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class NoLongerAsked:
    """The question is over: the day is, or they do not want it any more. Whether it was answered nobody knows."""

    person_id: int
