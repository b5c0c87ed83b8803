"""What the house writes: how many of its texts hold each key, and which words mean the same."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import log

from portal.blueprints.search.rules import folding, tables, tokens

KNOWN_FROM = 2
"""A word that stands in one text only may be a slip of the finger; from here on compounds are split by it."""


class Known(frozenset[str]):
    """A set that is only ever equal to itself.

    It is part of the key of the caches in tokens.py and compounds.py: when a night leaves the words as they were, the
    new set would be compared with the old one, word for word, at every look into them.
    """

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The keys of all texts that everybody may read. Nothing that is for some eyes only is counted."""

    documents: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def known(self) -> Known:
        """Give the keys that compounds may be split into."""
        return Known(key for key, count in self.counts.items() if count >= KNOWN_FROM and len(key) > 1)

    def count(self, keys: Iterable[str]) -> int:
        """Tell how many texts hold the most frequent of the keys."""
        return max((self.counts.get(key, 0) for key in keys), default=0)

    def rarity(self, keys: Iterable[str]) -> float:
        """Tell how much it says that a text holds one of the keys."""
        count = self.count(keys)
        return log(1 + (max(self.documents, count) - count + 0.5) / (count + 0.5)) + 0.1


def counted(texts: Iterable[str]) -> Vocabulary:
    """Count in how many texts each key stands; a text is its keys with spaces between."""
    counts: Counter[str] = Counter()
    documents = 0
    for text in texts:
        documents += 1
        counts.update(set(text.split()))
    return Vocabulary(documents=documents, counts=counts)


Sense = tuple[str, ...]
"""The keys of one term, several when the term is several words."""


@dataclass(frozen=True, kw_only=True)
class Synonyms:
    """Groups of terms that mean the same."""

    groups: tuple[frozenset[Sense], ...] = ()

    @cached_property
    def _groups_of(self) -> dict[Sense, list[frozenset[Sense]]]:
        table: dict[Sense, list[frozenset[Sense]]] = {}
        for group in self.groups:
            for sense in group:
                table.setdefault(sense, []).append(group)
        return table

    @cached_property
    def longest(self) -> int:
        """Give the number of words of the longest term."""
        return max((len(sense) for sense in self._groups_of), default=1)

    def of(self, sense: Sense) -> frozenset[Sense]:
        """Return the other terms of the groups that the term stands in."""
        return frozenset(other for group in self._groups_of.get(sense, ()) for other in group if other != sense)


def synonyms(groups: Iterable[Iterable[str]]) -> Synonyms:
    """Fold groups of terms as people write them."""
    return Synonyms(groups=tuple(frozenset(filter(None, map(sense, group))) for group in groups))


def sense(term: str) -> Sense:
    """Fold a term of one or more words."""
    return tuple(folding.key(word.text) for word in tokens.words(term))[:4]


def seed() -> tuple[tuple[str, ...], ...]:
    """Return the groups that a new house starts with."""
    return tables.groups("synonyms.txt")
