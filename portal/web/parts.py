"""Parts that slices above put onto a page of a slice below: the page of an evening knows no games, and shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

Writer = Callable[..., Markup | None]


@dataclass(frozen=True, kw_only=True)
class _Part:
    order: int
    write: Writer


_places: dict[str, list[_Part]] = {}


def part_of(place: str, *, order: int) -> Callable[[Writer], Writer]:
    """Put what a function writes onto a page, at a place that the page names.

    The function gets what the page tells of itself, and gives nothing where it has nothing to show to this reader.
    """

    def register(write: Writer) -> Writer:
        part = _Part(order=order, write=write)
        _places[place] = sorted([*_places.get(place, []), part], key=lambda part: part.order)
        return write

    return register


def parts(place: str, **about: Any) -> list[Markup]:
    """Write every part of a place, in order."""
    written = (part.write(**about) for part in _places.get(place, []))
    return [markup for markup in written if markup]
