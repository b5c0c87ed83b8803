"""Pick the piece of a text that shows why it was found, with the words that were asked for marked."""

from collections.abc import Sequence

from portal.blueprints.search.rules import tokens
from portal.blueprints.search.rules.parsing import Wanted
from portal.blueprints.search.rules.tokens import Word

LENGTH = 28
"""Words in an excerpt."""
READ_AT_MOST = 4000
Segments = Sequence[tuple[str, bool]]


def excerpt(text: str, wanted: Wanted, known: frozenset[str] = frozenset()) -> Segments:
    """Return pieces of the text in order, each with whether it was asked for."""
    text = " ".join(text[:READ_AT_MOST].split())
    words = tokens.words(text)
    if not words:
        return [(text[:160], False)] if text else []
    matches = _matches(words, wanted, known)
    first = _best_start(words, matches)
    last = min(first + LENGTH, len(words)) - 1
    start = 0 if first == 0 else words[first].start
    end = len(text) if last == len(words) - 1 else words[last].end
    shown = [word for number, word in enumerate(words[first : last + 1], start=first) if matches[number]]
    pieces = _pieces(text, shown, start=start, end=end)
    return [*([("… ", False)] if start else []), *pieces, *([(" …", False)] if end < len(text) else [])]


def marked(text: str, wanted: Wanted, known: frozenset[str] = frozenset()) -> Segments:
    """Return a whole line, a title, with what was asked for marked."""
    words = tokens.words(text)
    matches = _matches(words, wanted, known)
    shown = [word for word, match in zip(words, matches, strict=True) if match]
    return _pieces(text, shown, start=0, end=len(text))


def _matches(words: list[Word], wanted: Wanted, known: frozenset[str]) -> list[frozenset[int]]:
    """Tell for each word which of the things asked for it answers."""
    answers: dict[str, set[int]] = {}
    for number, concept in enumerate(wanted.concepts):
        for key in concept.keys:
            answers.setdefault(key, set()).add(number)
    phrases = frozenset(word for phrase in wanted.phrases for word in phrase)
    found, seen = [], dict[tuple[str, tuple[str, ...]], frozenset[int]]()
    for word in words:
        name = (word.text, word.also)
        if name not in seen:
            matched = frozenset(number for key in tokens.keys(word, known) for number in answers.get(key, ()))
            seen[name] = matched | {-1} if word.text in phrases else matched
        found.append(seen[name])
    return found


def _best_start(words: list[Word], matches: list[frozenset[int]]) -> int:
    """Find the window with the most different matches, the earliest of them, and some words before its first."""
    best, best_start = 0, 0
    for start in range(len(words)):
        if not matches[start]:
            continue
        different = len(frozenset().union(*matches[start : start + LENGTH]))
        if different > best:
            best, best_start = different, start
    return max(0, min(best_start - 5, len(words) - LENGTH))


def _pieces(text: str, shown: list[Word], *, start: int, end: int) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    for word in shown:
        if word.start < start or word.end > end:
            continue
        if word.start > start:
            pieces.append((text[start : word.start], False))
        pieces.append((text[word.start : word.end], True))
        start = word.end
    if start < end:
        pieces.append((text[start:end], False))
    return pieces
