"""Five faces and perhaps words, and how they are written before they are sealed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

WORDS_LONGEST = 2000
NAMELESS_LONGEST = 500  # as long as a note in the pulse


class Face(StrEnum):
    """How one is, from the heaviest to the lightest."""

    HEAVY = "heavy"
    TIRED = "tired"
    OKAY = "okay"
    GOOD = "good"
    GREAT = "great"

    @property
    def number(self) -> int:
        """Give the number of the drawing, from 1 to 5."""
        return tuple(Face).index(self) + 1


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody said. Neither face nor words are part of its repr, which might end in a log."""

    face: Face = field(repr=False)
    words: str = field(default="", repr=False)


def written(said: Said) -> str:
    """Write face and words as one text. The face is one digit, so that no face makes the text longer than another."""
    return f"{said.face.number}{said.words}"


def read(text: str) -> Said:
    """Read what written() wrote."""
    return Said(face=tuple(Face)[int(text[0]) - 1], words=text[1:])
