"""Where somebody or something is mentioned: «@ola.nordmann», «@citrix»."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass

WORD_LONGEST = 60
# Letters may be written as letter and mark: «å» is one sign or two.
_LETTER = r"[\w\u0300-\u036f]"
# Not after a letter or another sign of an address: anne@helse, //x@y and @@x are something else. Nor is @ola@x.no.
_MENTION = re.compile(rf"(?<![\w\u0300-\u036f.@/\\+-])@((?>{_LETTER}(?:[.-]?{_LETTER})*))(?![@/\\])")
_BORDER = re.compile(r"[.-]")
_FOLDED = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "đ": "d", "ł": "l", "ß": "ss"})


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A word after an @ that is somebody's or something's name."""

    start: int
    end: int
    word: str


def found(text: str, known: Container[str]) -> Iterator[Mention]:
    """Find what is mentioned among the known words, which are written in lower case."""
    for match in _MENTION.finditer(text):
        for written in _shorter(match[1]):
            word = plain(written)
            if word in known:
                yield Mention(start=match.start(), end=match.start(1) + len(written), word=word)
                break


def plain(word: str) -> str:
    """Write a word as the names are kept."""
    return unicodedata.normalize("NFC", word).lower()


def folded(text: str) -> str:
    """Write a text as it may be typed in a hurry: «åse» is «ase»."""
    letters = unicodedata.normalize("NFKD", plain(text).translate(_FOLDED))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def is_meant(typed: str, word: str, label: str) -> bool:
    """Tell whether what was typed is the beginning of a name, or of a word of it."""
    wanted = folded(typed.strip().lstrip("@"))
    words = folded(label)
    starts = {folded(word), words, *words.split(), *re.split(r"[.\-_]", folded(word))}
    return any(start.startswith(wanted) for start in starts)


def _shorter(written: str) -> Iterator[str]:
    """Give the word, and what is left when its ends are taken for something else: «@ola.Kan du …», «@citrix-feil»."""
    yield written[:WORD_LONGEST]
    for border in reversed(list(_BORDER.finditer(written, 0, WORD_LONGEST))):
        yield written[: border.start()]
