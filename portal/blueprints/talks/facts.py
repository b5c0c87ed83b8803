"""What happens to wishes for a talk. Ids only, and never of both persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class ColleagueAsked:
    """A colleague was chosen for a talk."""

    talk_id: str
    person_id: int


@dataclass(frozen=True, kw_only=True)
class PeerTold:
    """A peer supporter on shift is asked whether they have time."""

    talk_id: str
    person_id: int


@dataclass(frozen=True, kw_only=True)
class LetBe:
    """A peer supporter who was told is not asked any more."""

    talk_id: str
    person_id: int


@dataclass(frozen=True, kw_only=True)
class Answered:
    """Somebody has said yes."""

    talk_id: str
    asker_id: int


@dataclass(frozen=True, kw_only=True)
class PassedOn:
    """It did not come about with whom was asked; others can be."""

    talk_id: str
    asker_id: int


@dataclass(frozen=True, kw_only=True)
class AskedNoMore:
    """Nobody is asked any more, because it was answered or let be."""

    talk_id: str


@dataclass(frozen=True, kw_only=True)
class CalledOff:
    """A talk that somebody has said yes to, for later, is not needed any more."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class DayHasPassed:
    """What was told before this moment, and leads to nothing that is still there, has had its day."""

    before: datetime


@dataclass(frozen=True, kw_only=True)
class TalkForgotten:
    """Nothing of a talk is left."""

    talk_id: str


@dataclass(frozen=True, kw_only=True)
class BuddyAsked:
    """Somebody is asked to be a colleague's buddy."""

    bond_id: str
    person_id: int


@dataclass(frozen=True, kw_only=True)
class BuddyAgreed:
    """Somebody said yes to being a buddy."""

    bond_id: str
    person_id: int


@dataclass(frozen=True, kw_only=True)
class BuddyGone:
    """Two are no longer buddies, or did not become it. Whoever has lost theirs by it is told, if anybody is."""

    bond_id: str
    person_id: int | None


@dataclass(frozen=True, kw_only=True)
class TimeToAskAgain:
    """The moment has come that somebody wished for after a hard call."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class AskedAgainNoMore:
    """Somebody does not want to be asked again after a hard call."""

    person_id: int
