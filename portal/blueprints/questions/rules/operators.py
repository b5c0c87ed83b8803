"""What somebody writes in the board's search field: words, «phrases», and filters such as `tag:citrix` or `-svar:0`.

A search is never refused. What looks like a filter and is none is taken as words, and said so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.blueprints.questions.rules.finding import QUERY_LONGEST
from portal.blueprints.questions.rules.states import Shown

TERMS_MOST = 20
ANSWERS_MOST = 9999


class Kind(StrEnum):
    """What a term asks about."""

    WORD = "word"
    TAG = "tag"
    AUTHOR = "author"
    STATUS = "status"
    ANSWERS = "answers"
    AFTER = "after"
    BEFORE = "before"


NAMES = {
    Kind.TAG: ("tag", "emne", "merke", "topic"),
    Kind.AUTHOR: ("frå", "fra", "from"),
    Kind.STATUS: ("status", "state"),
    Kind.ANSWERS: ("svar", "answers"),
    Kind.AFTER: ("etter", "after", "sidan", "siden", "since"),
    Kind.BEFORE: ("før", "before"),
}
KINDS = {name: kind for kind, names in NAMES.items() for name in names}

STATUSES = {
    Shown.OPEN: ("open", "ope", "åpen", "åpent", "ventar", "venter", "waiting", "ubesvart", "unanswered"),
    Shown.LOOKED_AT: ("sett på", "sett", "looked at", "blir sett på"),
    Shown.NEEDS_INFO: ("treng meir", "trenger mer", "needs more", "needs info", "needs to know more"),
    Shown.REOPENED: ("opna igjen", "åpnet igjen", "reopened"),
    Shown.ANSWERED: ("svart", "svara", "besvart", "answered"),
    Shown.SOLVED: ("løyst", "løst", "loyst", "solved"),
    Shown.DUPLICATE: ("spurt før", "duplikat", "duplicate", "asked before"),
}
STATES = {word: state for state, words in STATUSES.items() for word in words}

_QUOTES = '"«»“”„'
_TOKEN = re.compile(rf"(-?)(?:([^\W\d_]{{1,20}}):)?[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}](?=\s|$)|(\S+)")
# An address (https://…), a path (C:\…) or a label («Feil: …») is no filter that somebody got wrong.
_FILTER = re.compile(r"([^\W\d_]{1,20}):(?![/\\])(.+)")
_UNQUOTED = str.maketrans("", "", _QUOTES)
_COUNT = re.compile(r"(>=|<=|≥|≤|>|<|=)?([0-9]{1,4})(\+)?")
_DAYS = (
    re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2}))?)?"),
    re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})"),
)


@dataclass(frozen=True, kw_only=True)
class Term:
    """One thing that is asked for, or that must not be there."""

    kind: Kind
    text: str
    name: str = ""  # the filter as it was written, in whichever language
    is_excluded: bool = False
    is_phrase: bool = False


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """A search as it was understood."""

    terms: tuple[Term, ...] = ()

    @property
    def misread(self) -> tuple[str, ...]:
        """Give what looked like filters and was taken as words."""
        odd = (match[1] for term in self.words if not term.is_phrase and (match := _FILTER.fullmatch(term.text)))
        return tuple(dict.fromkeys(f"{name.lower()}:" for name in odd))

    @property
    def words(self) -> tuple[Term, ...]:
        """Give what is looked for in the texts."""
        return tuple(term for term in self.terms if term.kind is Kind.WORD)

    @property
    def filters(self) -> tuple[Term, ...]:
        """Give what is asked besides the texts."""
        return tuple(term for term in self.terms if term.kind is not Kind.WORD)

    @property
    def asks_for_words(self) -> bool:
        """Tell whether there are words to look for; to leave out is not to look for."""
        return any(not term.is_excluded for term in self.words)


def parse(text: str) -> Parsed:
    """Read a search; bounded, and never refused."""
    text = unicodedata.normalize("NFC", text[: 2 * QUERY_LONGEST])[:QUERY_LONGEST]
    read = (_quoted(match) if match[4] is None else _plain(match[4]) for match in _TOKEN.finditer(text))
    return Parsed(terms=tuple(dict.fromkeys(term for term in read if term))[:TERMS_MOST])


def write(terms: Sequence[Term]) -> str:
    """Write a search so that it is read the same again."""
    return " ".join(_written(term) for term in terms)


def without(terms: Sequence[Term], place: int) -> str:
    """Write a search without one of its terms."""
    return write([*terms[:place], *terms[place + 1 :]])


def find_state(text: str) -> Shown | None:
    """Find the state that a word means, in any of the languages."""
    return STATES.get(" ".join(text.lower().replace("-", " ").replace("_", " ").split()))


def find_bounds(text: str) -> tuple[int, int] | None:
    """Find how few and how many answers are meant by «0», «>3», «<=5» or «3+»."""
    match = _COUNT.fullmatch(text)
    if match is None or (match[1] and match[3]):
        return None
    number = int(match[2])
    return {
        ">": (number + 1, ANSWERS_MOST),
        ">=": (number, ANSWERS_MOST),
        "<": (0, number - 1),
        "<=": (0, number),
    }.get(_plain_sign(match[1], match[3]), (number, number))


def find_day(text: str) -> date | None:
    """Find the day that is meant by «2026-01-31», «31.1.2026», «2026-01» or «2026»."""
    match = next((match for pattern in _DAYS if (match := pattern.fullmatch(text))), None)
    if match is None:
        return None
    try:
        return date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
    except ValueError:
        return None


def _plain_sign(sign: str | None, plus: str | None) -> str:
    return ">=" if plus else {"≥": ">=", "≤": "<="}.get(sign or "", sign or "")


def _quoted(match: re.Match[str]) -> Term | None:
    name, text, is_excluded = match[2] or "", _clean(match[3]), bool(match[1])
    found = _filter(name, text, is_excluded=is_excluded)
    return found or _word(f"{name}:{text}" if name else text, is_excluded=is_excluded, is_phrase=True)


def _plain(token: str) -> Term | None:
    token = _clean(token)
    is_excluded, token = token.startswith("-"), token.lstrip("-")
    match = _FILTER.fullmatch(token)
    found = _filter(match[1], match[2], is_excluded=is_excluded) if match else None
    return found or _word(token, is_excluded=is_excluded)


def _filter(name: str, text: str, *, is_excluded: bool) -> Term | None:
    kind = KINDS.get(name.lower())
    if kind is None or not re.search(r"\w", text) or not _is_meant(kind, text):
        return None
    return Term(kind=kind, text=text, name=name.lower(), is_excluded=is_excluded)


def _word(text: str, *, is_excluded: bool, is_phrase: bool = False) -> Term | None:
    if not re.search(r"\w", text):
        return None
    return Term(kind=Kind.WORD, text=text, is_excluded=is_excluded, is_phrase=is_phrase)


def _is_meant(kind: Kind, text: str) -> bool:
    known = {
        Kind.STATUS: find_state,
        Kind.ANSWERS: find_bounds,
        Kind.AFTER: find_day,
        Kind.BEFORE: find_day,
    }.get(kind)
    return known is None or known(text) is not None


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.translate(_UNQUOTED).split()))


def _written(term: Term) -> str:
    text = f'"{term.text}"' if term.is_phrase or " " in term.text else term.text
    return ("-" if term.is_excluded else "") + (f"{term.name}:" if term.name else "") + text
