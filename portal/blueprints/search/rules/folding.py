"""Fold the forms of a Norwegian word, Nynorsk or Bokmål, to one key.

A key is no word and is never shown. It only has to be the same for forms that belong together
(skrivarane, skriverne) and different for words that do not (skjule, skulle).
"""

import re
import unicodedata
from functools import lru_cache

from portal.blueprints.search.rules import tables

VERSION = 1
"""Raise it whenever a rule or a list changes keys: every document is then folded anew."""

VOWELS = "aeiouyæøå"
ACCENTS = str.maketrans("éèêëóòôáàâúùûüíìîïç", "eeeeoooaaauuuuiiiic")

ENDINGS = sorted(tables.whole_words("endings.txt"), key=len, reverse=True)
DERIVATIONS = sorted(tables.whole_words("derivations.txt"), key=len, reverse=True)
ENDINGS_OF_HARD_STEMS = "arane erane erene ane ene ande ende ar er en et ne a e"

_HARD = re.compile(
    rf"(.*?(?:{'|'.join(sorted(tables.whole_words('hard.txt'), key=len, reverse=True))}))"
    rf"(?:{ENDINGS_OF_HARD_STEMS.replace(' ', '|')})?"
)
_STEMS = tables.pairs("stems.txt")
_STEM = re.compile("|".join(sorted(map(re.escape, _STEMS), key=len, reverse=True)))
_FORMS = tables.lemmas("forms.txt")
_FIXED = tables.lemmas("fixed.txt")
_NAMES = tables.whole_words("names.txt")
_AFTER_FIRST_VOWEL = re.compile(rf"([^{VOWELS}]*[{VOWELS}]+)(.*)")
_SPELLINGS = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        ("^kv", "hv"),
        ("øy", "ø"),
        ("ei", "e"),
        ("au", "ø"),
        ("^f[øo]re(?=..)", "for"),
        (f"(?<=[^{VOWELS}])j", ""),
        ("mm", "m"),
        ("leg$", "lig"),
        ("leg(?=het|t)", "lig"),
    )
)


def lowered(word: str) -> str:
    """Return the word in small letters and one way of writing each letter."""
    return unicodedata.normalize("NFKC", word).lower()


def is_name(word: str) -> bool:
    """Tell whether the word is a product, a system or a short form, which have no Norwegian endings."""
    return word in _NAMES


def is_code(word: str) -> bool:
    """Tell whether the word holds a digit: an error code, a case number, a version."""
    return not word.isalpha() and any(map(str.isdigit, word))


@lru_cache(maxsize=100_000)
def key(word: str) -> str:
    """Return the key that all forms of a word share."""
    word = lowered(word)
    if is_code(word) or is_name(word):
        return word
    word = word.translate(ACCENTS)
    if word in _FIXED:
        return _FIXED[word]
    word = _FORMS.get(word, word)
    return _spelled(_stem(_STEM.sub(lambda match: _STEMS[match[0]], word)))


def _stem(word: str) -> str:
    hard = _HARD.fullmatch(word)
    if hard:
        return hard[1]
    if len(word) <= 3:
        return word
    bare = _without(DERIVATIONS, word, keep=4)
    if bare == word:
        bare = _without(ENDINGS, word, keep=3)
    return _without_past(_without_past(bare))


def _without(endings: list[str], word: str, *, keep: int) -> str:
    for ending in endings:
        bare = word.removesuffix(ending)
        if bare != word and _is_stem(bare, keep=keep, ending=ending):
            return bare
    return word


def _is_stem(bare: str, *, keep: int, ending: str) -> bool:
    if len(bare) == 2 and len(ending) > 1:
        return keep == 3 and bare[1] in VOWELS and bare[0] not in VOWELS
    return len(bare) >= keep and any(letter in VOWELS for letter in bare)


def _without_past(word: str) -> str:
    """Drop the t or d of a past tense or a neuter: prøvd, prøvt, merkt, tydelegt."""
    last = word[-2:]
    is_past = (last[-1:] == "t" and last[0] in "rlkpgvmd") or (last[-1:] == "d" and last[0] in "rlgvm")
    return word[:-1] if len(word) > 4 and is_past else word


def _spelled(stem: str) -> str:
    for pattern, instead in _SPELLINGS:
        stem = pattern.sub(instead, stem)
    first = _AFTER_FIRST_VOWEL.match(stem)
    if not first:
        return stem
    return first[1] + first[2].replace("ar", "er").replace("ande", "ende")
