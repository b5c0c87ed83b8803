"""What to look for when words are spelled in a way that no document holds."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from portal.blueprints.search.rules.parsing import Concept, Wanted
from portal.blueprints.search.rules.ranking import Candidate

MOST_TRIGRAMS = 60
ALIKE = 0.5
"""From here on two words may be the same one, misspelled; a whole word inside a compound is alike too."""


def keys(wanted: Wanted) -> Sequence[str]:
    """Return the keys that were asked for themselves, not their synonyms."""
    return _own(wanted.concepts)


def rare_keys(wanted: Wanted) -> Sequence[str]:
    """Return the keys that hardly any text holds: a word that many have written is no slip of the finger."""
    return _own(concept for concept in wanted.concepts if concept.is_rare)


def trigrams(wanted: Wanted) -> Sequence[str]:
    """Return every three letters in a row of the rare keys."""
    found = {key[start : start + 3]: None for key in rare_keys(wanted) for start in range(len(key) - 2)}
    return tuple(found)[:MOST_TRIGRAMS]


def _own(concepts: Iterable[Concept]) -> Sequence[str]:
    return tuple(dict.fromkeys(key for concept in concepts for key, weight in concept.keys.items() if weight == 1))


def alike(candidates: Iterable[Candidate], wanted: Wanted) -> list[int]:
    """Return the ids of the candidates that hold words like those asked for, the most alike first."""
    asked = [key for key in keys(wanted) if len(key) >= 3]
    likeness = {each.id: _likeness(each, asked) for each in candidates}
    order = sorted(likeness, key=lambda identity: (-likeness[identity], -identity))
    return [identity for identity in order if likeness[identity] >= ALIKE]


def _likeness(candidate: Candidate, asked: Sequence[str]) -> float:
    words = set(candidate.title_keys.split()) | set(candidate.body_keys.split())
    best = [max((_of(key, word) for word in words), default=0.0) for key in asked]
    return sum(best) / len(best) if best else 0.0


@lru_cache(maxsize=100_000)
def _of(key: str, word: str) -> float:
    if key in word:
        return 1.0
    shared = len(_edges(key) & _edges(word))
    return 2 * shared / (len(_edges(key)) + len(_edges(word))) if shared else 0.0


@lru_cache(maxsize=20_000)
def _edges(word: str) -> frozenset[str]:
    padded = f"  {word} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))
