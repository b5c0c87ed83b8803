"""What happens to calls for help. Ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class HandRaised:
    """Somebody is stuck with a caller on the line."""

    call_id: int


@dataclass(frozen=True, kw_only=True)
class RangAgain:
    """A call rings from the beginning, since the one who came was not there."""

    call_id: int


@dataclass(frozen=True, kw_only=True)
class NobodyCame:
    """A call has rung in vain until it was given up."""

    call_id: int
    asker_id: int


@dataclass(frozen=True, kw_only=True)
class CallEnded:
    """A call is over, however it came to that."""

    call_id: int


@dataclass(frozen=True, kw_only=True)
class CallForgotten:
    """Everything of a call has been deleted."""

    call_id: int


@dataclass(frozen=True, kw_only=True)
class IncidentOpened:
    """Something many are hit by has a thread and a banner; again, perhaps, after it had been closed."""

    incident_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class IncidentTold:
    """Somebody said how it goes."""

    incident_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class IncidentOver:
    """It is over. Those who follow along are there until all who listen have been told."""

    incident_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class IncidentQuiet:
    """Nothing has been said of an incident for hours."""

    incident_id: int
