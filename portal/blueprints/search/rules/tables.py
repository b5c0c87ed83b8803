"""The word lists that lie in words/, read once."""

from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("words")


def _lines(name: str) -> list[str]:
    text = (WORDS / name).read_text(encoding="utf-8")
    return [line for line in (line.split("#")[0].strip() for line in text.splitlines()) if line]


@cache
def whole_words(name: str) -> frozenset[str]:
    """Return every word of a list."""
    return frozenset(word for line in _lines(name) for word in line.split())


@cache
def pairs(name: str) -> dict[str, str]:
    """Return a table of two columns."""
    table = {}
    for line in _lines(name):
        left, right = line.split()
        table[left] = right
    return table


@cache
def lemmas(name: str) -> dict[str, str]:
    """Return form → word, from lines "word: form form"; each word is a form of itself."""
    table: dict[str, str] = {}
    for line in _lines(name):
        word, forms = line.split(":")
        for form in (word, *forms.split()):
            table.setdefault(form, word)
    return table


@cache
def groups(name: str) -> tuple[tuple[str, ...], ...]:
    """Return groups of terms, one group a line, separated by commas."""
    return tuple(tuple(term.strip() for term in line.split(",") if term.strip()) for line in _lines(name))
