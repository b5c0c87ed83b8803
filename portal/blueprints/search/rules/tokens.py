"""Cut a text into words, and each word into the terms it is indexed and asked for under."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from portal.blueprints.search.rules import compounds, folding

LONGEST_WORD = 64
LONGEST_CODE = 32
_RUN = re.compile(r"[^\W_]+(?:[-._/:'’][^\W_]+)*")
_PIECE = re.compile(r"[^\W_]+")
_ENDINGS = frozenset({"a", "en", "et", "ar", "er", "ane", "ene", "s", "n", "t"})
_PREFIX = re.compile(r"(?:0x|[^\W\d_]+)0*(?=\d{3})")


class Word(NamedTuple):
    """One word of a text: as it is written in small letters, and where it stands."""

    text: str
    start: int
    end: int
    also: tuple[str, ...] = ()
    """What else it is known by: the whole that a hyphen ties together, the pieces of a code."""

    @property
    def terms(self) -> tuple[str, ...]:
        """Give everything this word can be found under, before folding: codes also without their prefix."""
        if not self.also and self.text.isalpha():
            return (self.text,)
        spellings = (self.text, *self.also)
        bare = tuple(_PREFIX.sub("", each, count=1) for each in spellings if folding.is_code(each))
        return tuple(dict.fromkeys(spellings + bare))


@dataclass(frozen=True, kw_only=True, slots=True)
class Folded:
    """A text as the index holds it: its keys, and its words as written."""

    keys: tuple[str, ...]
    words: tuple[str, ...]


def words(text: str) -> list[Word]:
    """Return the words of a text in order."""
    return [word for run in _RUN.finditer(text) for word in _words_of(run) if word.text]


def _words_of(run: re.Match[str]) -> Iterator[Word]:
    if run[0].isalnum() and len(run[0]) <= LONGEST_WORD:  # nearly every word
        yield Word(text=_cleaned(run[0]), start=run.start(), end=run.end())
        return
    pieces = [(_cleaned(piece[0]), *piece.span()) for piece in _PIECE.finditer(run[0]) if len(piece[0]) <= LONGEST_WORD]
    if len(pieces) > 1 and pieces[-1][0] in _ENDINGS:  # PC-en, SMS-ar: the ending says nothing
        pieces.pop()
    whole = "".join(piece for piece, _, _ in pieces)
    is_one_word = len(pieces) > 1 and (folding.is_code(whole) or len(pieces[0][0]) == 1)
    if is_one_word and len(whole) <= LONGEST_CODE:  # 4.7.0, KB-10482, e-post
        also = tuple(piece for piece, _, _ in pieces if len(piece) >= 3)
        yield Word(text=whole, start=run.start() + pieces[0][1], end=run.start() + pieces[-1][2], also=also)
        return
    for number, (piece, start, end) in enumerate(pieces):
        has_whole = number == 0 and 1 < len(pieces) <= 3 and len(whole) <= LONGEST_WORD
        yield Word(text=piece, start=run.start() + start, end=run.start() + end, also=(whole,) if has_whole else ())


def _cleaned(word: str) -> str:
    """Both engines must cut the word exactly as it is cut here, whatever normal form makes of an odd letter."""
    lowered = folding.lowered(word)
    return lowered if lowered.isalnum() else "".join(letter for letter in lowered if letter.isalnum())


def keys(word: Word, known: frozenset[str]) -> tuple[str, ...]:
    """Return the keys of a word: its own, those of its whole, and those of the parts of a compound."""
    return _keys(word.terms, known)


@lru_cache(maxsize=100_000)
def _keys(terms: tuple[str, ...], known: frozenset[str]) -> tuple[str, ...]:
    found: list[str] = []
    for term in terms:
        found.append(folding.key(term))
        found.extend(compounds.parts(term, known))
    return tuple(filter(None, found))


def folded(text: str, known: frozenset[str] = frozenset()) -> Folded:
    """Return what the index holds of a text."""
    found = words(text)
    return Folded(
        keys=tuple(key for word in found for key in keys(word, known)),
        # What else a word is known by stands last, so that the words of a phrase stay side by side.
        words=(*(word.text for word in found), *(term for word in found for term in word.terms[1:])),
    )
