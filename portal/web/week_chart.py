"""A line over weeks, drawn by the server: words for levels, a gap where there is nothing to show, marks with numbers.

Only the geometry is worked out here; components/week_chart.html writes it, in two widths of which one is seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDE, NARROW = 640, 340
TOP, ROW, BELOW = 30.0, 38.0, 30.0  # room for the numbers of marks, between two levels, and for the names of weeks
LETTER, BESIDE = 7.2, 14.0  # how wide a letter of 13 pixels is at most, and the air around the plot
NAME_NEEDS = 22.0  # what the name of a week takes, with air


@dataclass(frozen=True, kw_only=True)
class Week:
    """One week: what it is called, its level counted from 0 (none: nothing is shown), and the number of its mark."""

    name: str
    level: int | None
    mark: int | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One level: where its line is, and its word."""

    y: float
    word: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """One week in the drawing; a name that has no room is left out."""

    x: float
    name: str
    mark: int | None


@dataclass(frozen=True, kw_only=True)
class Dot:
    """One week that has a level."""

    x: float
    y: float
    is_newest: bool


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """A line from one week to the next that has a level; bridged when weeks between them have none."""

    x1: float
    y1: float
    x2: float
    y2: float
    is_bridge: bool


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Everything that the template writes."""

    width: int
    height: float
    left: float
    bottom: float
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    gaps: tuple[float, ...]
    gap_width: float
    strokes: tuple[Stroke, ...]
    dots: tuple[Dot, ...]


def draw(weeks: Sequence[Week], levels: Sequence[str], *, width: int) -> Drawing:
    """Draw weeks, the oldest first; levels are the words from the lowest to the highest."""
    longest = max((len(word) for word in levels), default=0)
    left = round(min(longest * LETTER + BESIDE, width * 0.45), 1)
    step = (width - left - BESIDE) / max(len(weeks), 1)
    xs = [round(left + step * (place + 0.5), 1) for place in range(len(weeks))]
    ys = [round(TOP + ROW * (len(levels) - 1 - level), 1) for level in range(len(levels))]
    bottom = TOP + ROW * max(len(levels) - 1, 0) + ROW / 2
    dots = tuple(_dots(weeks, xs, ys))
    return Drawing(
        width=width,
        height=bottom + BELOW,
        left=left,
        bottom=bottom,
        rows=tuple(Row(y=y, word=word) for y, word in zip(ys, levels, strict=True)),
        columns=tuple(_columns(weeks, xs, step)),
        gaps=tuple(round(x - step / 2, 1) for week, x in zip(weeks, xs, strict=True) if week.level is None),
        gap_width=round(step, 1),
        strokes=tuple(_strokes(dots, step)),
        dots=dots,
    )


def both(weeks: Sequence[Week], levels: Sequence[str]) -> tuple[Drawing, Drawing]:
    """Draw for a wide place and for a narrow one; its words have the same size in both."""
    return draw(weeks, levels, width=WIDE), draw(weeks, levels, width=NARROW)


def _dots(weeks: Sequence[Week], xs: Sequence[float], ys: Sequence[float]) -> Iterator[Dot]:
    newest = len(weeks) - 1
    for place, week in enumerate(weeks):
        if week.level is not None:
            yield Dot(x=xs[place], y=ys[week.level], is_newest=place == newest)


def _strokes(dots: Sequence[Dot], step: float) -> Iterator[Stroke]:
    for one, other in pairwise(dots):
        yield Stroke(x1=one.x, y1=one.y, x2=other.x, y2=other.y, is_bridge=other.x - one.x > step * 1.5)


def _columns(weeks: Sequence[Week], xs: Sequence[float], step: float) -> Iterator[Column]:
    every = 1 if step >= NAME_NEEDS else int(NAME_NEEDS // step) + 1
    for place, week in enumerate(weeks):
        is_named = (len(weeks) - 1 - place) % every == 0  # counted from the newest, which always has its name
        yield Column(x=xs[place], name=week.name if is_named else "", mark=week.mark)
