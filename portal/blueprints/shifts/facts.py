"""What happens to who is at work. Ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class StandingChanged:
    """A person has said something new of themselves: free, on a call, away, at work or not."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class CameOnline:
    """A person who had no page open has one now, in some process."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class RotaRead:
    """A rota was brought in or taken away: who is at work may be others than before."""

    rota_id: int
