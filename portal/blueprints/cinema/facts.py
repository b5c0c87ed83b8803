"""What happens to film polls and to the seats that are bought. Ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FilmPollFact:
    """What every fact about a film poll carries."""

    poll_id: int


@dataclass(frozen=True, kw_only=True)
class FilmChosen(FilmPollFact):
    """A film won, and has its evening. Who ticked it is forgotten once this is told."""

    showing_id: int
    evening_id: int
    by_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class FilmsTied(FilmPollFact):
    """Two or more stand equal: an organiser may choose."""


@dataclass(frozen=True, kw_only=True)
class NothingTicked(FilmPollFact):
    """The poll is over, and no film in it can be an evening."""


@dataclass(frozen=True, kw_only=True)
class SeatsBought:
    """Somebody has bought the seats: these have a part in them."""

    evening_id: int
    buyer_id: int
    person_ids: tuple[int, ...]
