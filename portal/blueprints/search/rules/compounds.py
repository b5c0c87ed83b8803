"""Split compounds with the words that the house itself uses: utskriftskø → utskrift, kø."""

from collections.abc import Iterator
from functools import lru_cache

from portal.blueprints.search.rules import folding, tables

SHORTEST = 6
SHORTEST_PART = 3
SHORT_TAILS = frozenset({"kø", "pc", "id", "ip", "øy", "by", "tv"})
Parts = tuple[str, ...]


@lru_cache(maxsize=50_000)
def parts(word: str, known: frozenset[str], depth: int = 2) -> Parts:
    """Return the keys of the parts of a compound; nothing for a word that is not made of known words.

    Among several ways to split, the one with the most even parts wins: skjerm|bilde, not skjermb|ilde.
    """
    if len(word) < SHORTEST or not word.isalpha() or folding.is_name(word):
        return ()
    return max(_splits(word, known, depth), key=lambda split: split[0], default=(0, ()))[1]


def _splits(word: str, known: frozenset[str], depth: int) -> Iterator[tuple[int, Parts]]:
    for place in range(SHORTEST_PART, len(word) - 1):
        tail = _part(word[place:], known, depth, words="not_tails.txt")
        if not tail:
            continue
        for bare in _heads(word[:place]):
            head = _part(bare, known, depth, words="not_heads.txt")
            if head:
                yield min(place, len(word) - place), head + tail
                break


def _heads(head: str) -> Iterator[str]:
    """Give the head as it stands and without the sound that ties it to the tail."""
    yield head
    if len(head) > 4 and head[-1] in "se":
        yield head[:-1]


def _part(part: str, known: frozenset[str], depth: int, *, words: str) -> Parts:
    """Return the key of a part that is a word of the house, or the keys of its own parts."""
    if len(part) < SHORTEST_PART and part not in SHORT_TAILS:
        return ()
    if part in tables.whole_words(words) or part in tables.whole_words("stopwords.txt"):
        return ()
    key = folding.key(part)
    if key in known:
        return (key,)
    return parts(part, known, depth - 1) if depth > 1 else ()
