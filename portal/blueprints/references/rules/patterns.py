"""What a pattern may be, what it finds in a text, and whether it does what its test cases say.

Patterns are run by RE2, whose time grows with the length of the text only: no pattern and no text hang the desk. That
costs look-around and back-references, so the one that is always wanted is built in: what a pattern finds must stand
alone, with no letter or digit of any alphabet right before or after it (RE2's own \\b knows English letters only).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

import re2

from portal.core import markdown
from portal.core.markdown import Link

NAME_LONGEST = 80
PATTERN_LONGEST = 300
URL_LONGEST = 300
CASE_LONGEST = 500
CASES_MOST = 20
PATTERNS_MOST = 30
FOUND_LONGEST = 120  # characters; what a number is, and not what a sentence is
FOUND_MOST = 1_000  # in one line of text: a pattern that looks ahead could else read the line once for each
PROGRAM_LARGEST = 2_000  # instructions; «(?:a?){900}» would be slow on any text

CASE_URL = "{case_url}"
_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*|[0-9]{1,2})\}")
_FIXED_START = re.compile(r"https://[^/{}?#@\\\s]+(?:[/?#]|$)|/(?![/\\{])")
_SIGNS = re.compile(r"[!#$%&'()*+,\-./:;=?@_~A-Za-z0-9]*")


class Fault(StrEnum):
    """Why a pattern cannot be used."""

    SYNTAX = "syntax"
    EMPTY = "empty"
    LARGE = "large"
    ADDRESS = "address"
    PLACE = "place"
    NO_CASE = "no_case"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A text, and what must become links in it: addresses, or the very words. None means that nothing may."""

    text: str
    links: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Found:
    """What became a link."""

    words: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a case."""

    case: Case
    found: tuple[Found, ...]

    @property
    def is_right(self) -> bool:
        """Tell whether what came is what was expected, in its order."""
        if len(self.found) != len(self.case.links):
            return False
        pairs = zip(self.case.links, self.found, strict=True)
        return all(wanted in (found.href, found.words) for wanted, found in pairs)


class Pattern:
    """A pattern made ready, with the address that it leads to."""

    def __init__(self, pattern: str, url: str) -> None:
        self._regexp = _regexp(pattern)
        self._url = url

    def links(self, text: str) -> Iterator[Link]:
        """Find the links in a run of plain text."""
        for count, match in enumerate(self._regexp.finditer(text), 1):
            start, end = match.span()
            if 0 < end - start <= FOUND_LONGEST and _stands_alone(text, start, end):
                href = address(self._url, match.group(), match.groups(), match.groupdict())
                if href:
                    yield Link(start=start, end=end, href=href)
            if count == FOUND_MOST:
                return


def faults(pattern: str, url: str) -> list[Fault]:
    """Tell why a pattern and its address cannot be used, or nothing."""
    try:
        regexp = _regexp(pattern)
    except re2.error:
        return [Fault.SYNTAX]
    found = []
    if regexp.search("") or not pattern:
        found.append(Fault.EMPTY)
    if regexp.programsize > PROGRAM_LARGEST:
        found.append(Fault.LARGE)
    if url != CASE_URL:
        found += [Fault.ADDRESS] if not _is_address(url) else []
        found += [Fault.PLACE] if not _places(url) <= {"number", *_names(regexp)} else []
    return found


def why(pattern: str) -> str:
    """Tell what RE2 stumbles over in a pattern, in its own words."""
    try:
        _regexp(pattern)
    except re2.error as error:
        said = error.args[0]
        return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return ""


def outcomes(pattern: Pattern | None, cases: Sequence[Case]) -> list[Outcome]:
    """Run the cases through the pattern, as texts that people write go through it."""
    return [Outcome(case=case, found=tuple(_found(pattern, case.text))) for case in cases]


def address(url: str, whole: str, groups: Sequence[str | None], named: Mapping[str, str | None]) -> str:
    """Fill the places of an address: {0} is all that was found, {1} the first group, {number} the group of that name.

    What was found is written in percent signs, so that it stays inside its place; nothing comes of a place that would
    hold «..», which a browser reads as a step up.
    """
    values = {"0": whole, "number": whole, **{str(n): value or "" for n, value in enumerate(groups, 1)}}
    values |= {name: value or "" for name, value in named.items()}
    wanted = [values.get(name, "") for name in _places(url)]
    if any(value.strip(".") == "" for value in wanted):
        return ""
    return _PLACE.sub(lambda place: quote(values.get(place[1], ""), safe=""), url)


def _found(pattern: Pattern | None, text: str) -> Iterator[Found]:
    if pattern is None:
        return
    for run in markdown.runs(text):
        yield from (Found(words=run[link.start : link.end], href=link.href) for link in pattern.links(run))


@lru_cache(maxsize=4 * PATTERNS_MOST)
def _regexp(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return re2.compile(pattern, options)


def _names(regexp: Any) -> set[str]:
    return {*map(str, range(regexp.groups + 1)), *regexp.groupindex}


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not (
        _are_one_word(text[start - 1 : start], text[start]) or _are_one_word(text[end - 1], text[end : end + 1])
    )


def _are_one_word(left: str, right: str) -> bool:
    return left.isalnum() and right.isalnum()


def _is_address(url: str) -> bool:
    """Tell whether it is https with a host that is always the same, or a path of our own."""
    filled = _PLACE.sub("x", url)
    if not _FIXED_START.match(url) or not _SIGNS.fullmatch(filled):
        return False
    try:
        parts = urlsplit(filled)
        return parts.scheme == "" or bool(parts.hostname and parts.port != 0)
    except ValueError:
        return False


def _places(url: str) -> set[str]:
    return set(_PLACE.findall(url))
