"""What is stored about a person: each slice says what it exports, erases and lets expire; the privacy page reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One kind of data about people: what it is, who sees it, how long it stays, and how it is given and removed."""

    slice: str
    what: str
    seen_by: str
    kept: str
    export: Callable[[int], Any] | None = None
    erase: Callable[[int], None] | None = None


_holdings: dict[tuple[str, str], Holding] = {}


def register(
    slice_: str,
    *,
    what: str,
    seen_by: str,
    kept: str,
    export: Callable[[int], Any] | None = None,
    erase: Callable[[int], None] | None = None,
) -> None:
    """Say what a slice holds about people; what, seen_by and kept are message ids."""
    _holdings[slice_, what] = Holding(slice=slice_, what=what, seen_by=seen_by, kept=kept, export=export, erase=erase)


def holdings() -> list[Holding]:
    """Give everything that is held, in the order of the slices."""
    return [_holdings[key] for key in sorted(_holdings)]
