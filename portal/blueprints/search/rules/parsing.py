"""Read what somebody wrote in the search box: words, "phrases" and -exclusions."""

import re
from dataclasses import dataclass

from portal.blueprints.search.rules import folding, tables, tokens
from portal.blueprints.search.rules.tokens import Word
from portal.blueprints.search.rules.vocabulary import Sense, Synonyms, Vocabulary

LONGEST_QUERY = 300
MOST_WORDS = 16
SYNONYM_WEIGHT = 0.6
PART_WEIGHT = 0.4
RARE = 10
"""In fewer texts than this, a word may be a slip of the finger, or part of a compound that was not split."""
_PHRASE = re.compile(r'(?:(?<=\s)|^)(-?)["«“”]([^"«»“”]*)["»“”]')
_EXCLUDED = re.compile(r"(?:(?<=\s)|^)-(?=\w)(\S+)")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A query as it was written, cut into its parts."""

    words: tuple[Word, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()
    """Rows of words that must not stand there; one word alone must not stand there in any form."""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is asked for; to leave out is not to ask."""
        return not self.words and not self.phrases


@dataclass(frozen=True, kw_only=True)
class Concept:
    """One thing that is asked for, and the keys that count as it, each with its weight."""

    words: frozenset[str]
    keys: dict[str, float]
    rarity: float
    count: int
    is_rare: bool = True
    """Whether hardly anybody has written it before."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the engines look for and the ranking weighs."""

    concepts: tuple[Concept, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()
    excluded_keys: tuple[str, ...] = ()
    beginning: str = ""
    """The word that is being typed: it may go on."""

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to look for."""
        return not self.concepts and not self.phrases


def parse(text: str) -> Asked:
    """Cut a query into words, phrases and exclusions; bounded, and never refused."""
    text = text[:LONGEST_QUERY]
    phrases: list[tuple[str, ...]] = []
    excluded: list[tuple[str, ...]] = []
    for match in _PHRASE.finditer(text):
        words = _plain(match[2])
        if words:
            (excluded if match[1] else phrases).append(words)
    text = _PHRASE.sub(lambda match: " " * len(match[0]), text)
    excluded.extend(words for match in _EXCLUDED.finditer(text) if (words := _plain(match[1])))
    text = _EXCLUDED.sub(lambda match: " " * len(match[0]), text)
    return Asked(words=_telling(tokens.words(text)), phrases=tuple(phrases[:4]), excluded=tuple(excluded[:8]))


def without_operators(text: str) -> str:
    """Take the signs that steer a query out of a sentence that somebody writes to people."""
    return re.sub(r'["«»“”]|(?:(?<=\s)|^)-(?=\w)', " ", text)


def _plain(text: str) -> tuple[str, ...]:
    return tuple(word.text for word in tokens.words(text))[:MOST_WORDS]


def _telling(words: list[Word]) -> tuple[Word, ...]:
    """Leave out the words that say nothing, unless nothing else was said."""
    stop = tables.whole_words("stopwords.txt")
    telling = [word for word in words if word.text not in stop and (len(word.text) > 1 or word.text.isdigit())]
    unique = {word.text: word for word in telling or words}
    return tuple(unique.values())[:MOST_WORDS]


def wanted(asked: Asked, *, vocabulary: Vocabulary, synonyms: Synonyms, is_typing: bool = False) -> Wanted:
    """Say what to look for: every word with its synonyms, its parts and how rare it is."""
    others = _other_senses(asked.words, synonyms)
    concepts = [_concept(word, others[number], vocabulary) for number, word in enumerate(asked.words)]
    return Wanted(
        concepts=tuple(concepts),
        phrases=asked.phrases,
        excluded=tuple(row for row in asked.excluded if len(row) > 1),
        excluded_keys=tuple(folding.key(row[0]) for row in asked.excluded if len(row) == 1),
        beginning=asked.words[-1].text if is_typing and asked.words else "",
    )


def _other_senses(words: tuple[Word, ...], synonyms: Synonyms) -> list[set[Sense]]:
    """Find the synonyms of each word, and of each row of words, which counts for the first of them."""
    own = [folding.key(word.text) for word in words]
    found: list[set[Sense]] = [set() for _ in words]
    for start in range(len(own)):
        for end in range(start + 1, min(start + synonyms.longest, len(own)) + 1):
            found[start] |= synonyms.of(tuple(own[start:end]))
    return found


def _concept(word: Word, others: set[Sense], vocabulary: Vocabulary) -> Concept:
    own = {folding.key(term) for term in word.terms} - {""}
    weights = {}
    for sense in others:
        # A term of several words, «black screen», is asked for by its words; each alone says less.
        weights.update(dict.fromkeys(sense, SYNONYM_WEIGHT / len(sense) ** 2))
    parts = set(tokens.keys(word, vocabulary.known)) - own
    weights.update(dict.fromkeys(parts, PART_WEIGHT))
    weights.update(dict.fromkeys(own, 1.0))
    seen = vocabulary.count(own)
    return Concept(
        words=frozenset(word.terms),
        keys=weights,
        # A word that nobody has written yet is as rare as its parts and synonyms are.
        rarity=vocabulary.rarity(own if seen else set(weights)),
        is_rare=seen < RARE,
        count=sum(vocabulary.counts.get(key, 0) for key in weights),
    )
