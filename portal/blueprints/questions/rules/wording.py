"""What is different between two wordings, word by word. Values only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

WORDS = re.compile(r"\w+|\s+|[^\w\s]+")
LINES = re.compile(r"[^\n]*\n|[^\n]+")
# difflib compares every word with its equals on the other side. Past this many pairs whole lines are compared, and past
# that the texts are shown one after the other: a text of 8 000 characters, whatever it says, takes no noticeable time.
MOST_PAIRS = 30_000


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of text, and what became of it."""

    change: Change
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """Give the pieces from one wording to the next: what stayed, what was taken away, what was added."""
    for cut in (WORDS, LINES):
        old, new = cut.findall(before), cut.findall(after)
        start, end = _shared(old, new)
        if _pairs(old[start : len(old) - end], new[start : len(new) - end]) <= MOST_PAIRS:
            return _joined(_compared(old, new, start=start, end=end))
    return _joined([(Change.REMOVED, before), (Change.ADDED, after)])


def _shared(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Count the words that both have at the beginning and at the end."""
    shorter = min(len(old), len(new))
    start = next((place for place in range(shorter) if old[place] != new[place]), shorter)
    left = shorter - start
    end = next((place for place in range(left) if old[-1 - place] != new[-1 - place]), left)
    return start, end


def _pairs(old: Sequence[str], new: Sequence[str]) -> int:
    counts: dict[str, int] = {}
    for word in new:
        counts[word] = counts.get(word, 0) + 1
    return sum(counts.get(word, 0) for word in old if not word.isspace())


def _compared(old: Sequence[str], new: Sequence[str], *, start: int, end: int) -> Iterator[tuple[Change, str]]:
    yield Change.SAME, "".join(old[:start])
    one, other = old[start : len(old) - end], new[start : len(new) - end]
    for step, i, j, k, m in SequenceMatcher(str.isspace, one, other, autojunk=False).get_opcodes():
        if step == "equal":
            yield Change.SAME, "".join(one[i:j])
        else:
            yield Change.REMOVED, "".join(one[i:j])
            yield Change.ADDED, "".join(other[k:m])
    yield Change.SAME, "".join(old[len(old) - end :])


def _joined(pieces: Iterator[tuple[Change, str]] | Sequence[tuple[Change, str]]) -> list[Piece]:
    """Put pieces with the same fate together, so that it reads in stretches and not in words."""
    told = [(change, text) for change, text in pieces if text]
    return [
        Piece(change=change, text="".join(text for _, text in group))
        for change, group in groupby(told, key=lambda piece: piece[0])
    ]
