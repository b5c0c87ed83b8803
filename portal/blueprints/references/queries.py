"""Reading patterns and names, and finding them in texts.

One row holds a word that every change replaces. A page that shows Markdown reads that row once; patterns (and names,
where a text has an @) are read only when the word is another than before, and kept in the process under it. So a change
holds everywhere from the next page on, in all processes, for one query by primary key.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import func, select

from portal.blueprints.people.models import Person
from portal.blueprints.references import ports
from portal.blueprints.references.models import ReferencePattern, ReferenceVersion
from portal.blueprints.references.ports import PERSON, TAG, Name
from portal.blueprints.references.rules import mentions, patterns
from portal.blueprints.references.rules.patterns import Case, Found, Outcome, Pattern
from portal.core import links, markdown
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.markdown import Link
from portal.core.settings import current_settings

OFFERED = 8
KEPT = 4
ONLY_ROW = 1
EXAMPLE = "https://cases.example/{number}"  # what test cases lead to before the settings say where cases are


@dataclass(frozen=True, kw_only=True)
class Mentions:
    """Whom and what a text mentions: colleagues who are here, and tags by their slugs."""

    person_ids: frozenset[int] = frozenset()
    tags: frozenset[str] = frozenset()

    def __sub__(self, before: Mentions) -> Mentions:
        """Give what is mentioned now and was not before: after an edit only these are told."""
        return Mentions(person_ids=self.person_ids - before.person_ids, tags=self.tags - before.tags)


@dataclass(frozen=True, kw_only=True)
class Named:
    """A name and the kind and the page of what it stands for."""

    kind: str
    name: Name
    href: str


class Finder:
    """Finds numbers and names, as they were when it was made. It never changes: what it found may be kept."""

    def __init__(self, ready: Sequence[Pattern]) -> None:
        self._patterns = ready

    @cached_property
    def named(self) -> dict[str, Named]:
        """Give who and what may be mentioned; read when the first @ is met, for most pages have none."""
        return _named()

    def __call__(self, text: str) -> Iterator[Link]:
        """Find the links in a run of plain text."""
        for pattern in self._patterns:
            yield from pattern.links(text)
        for mention in mentions.found(text, self.named) if "@" in text else ():
            named = self.named[mention.word]
            yield Link(start=mention.start, end=mention.end, href=named.href, title=named.name.label)


def all_patterns() -> Sequence[ReferencePattern]:
    """Give every pattern, in the order in which they are tried."""
    return db.session.scalars(select(ReferencePattern).order_by(*ORDER)).all()


def get_pattern(pattern_id: int) -> ReferencePattern:
    """Give a pattern."""
    pattern = db.session.get(ReferencePattern, pattern_id)
    if pattern is None:
        raise NotFound(N_("We cannot find that pattern."))
    return pattern


def last_position() -> int:
    """Give the place of the last pattern."""
    return db.session.scalar(select(func.max(ReferencePattern.position))) or 0


def outcomes(pattern: str, url: str, cases: Sequence[Case]) -> list[Outcome]:
    """Run the test cases of a pattern; a pattern that cannot be used finds nothing."""
    is_usable = not patterns.faults(pattern, url)
    return patterns.outcomes(Pattern(pattern, _whole(url) or EXAMPLE) if is_usable else None, cases)


def has_case_address() -> bool:
    """Tell whether the settings say where cases are."""
    return bool(current_settings().case_url)


def finder() -> Finder:
    """Give the finder that holds now."""
    key = (_version(), current_settings().case_url)
    with _lock:
        found = _kept.get(key)
    return found or _keep(key, Finder(_ready()))


def found_in(text: str) -> list[Found]:
    """Give what becomes a link in a text, beside what is written as one."""
    find = finder()
    return [
        Found(words=run[link.start : link.end], href=link.href) for run in markdown.runs(text) for link in find(run)
    ]


def mentioned(*texts: str) -> Mentions:
    """Give whom and what the texts mention, where readers see a link: not in code."""
    if not any("@" in text for text in texts):
        return Mentions()
    known = finder().named
    runs = (run for text in texts for run in markdown.runs(text))
    found = [known[mention.word] for run in runs for mention in mentions.found(run, known)]
    return Mentions(
        person_ids=frozenset(int(one.name.ref) for one in found if one.kind == PERSON and one.name.is_offered),
        tags=frozenset(str(one.name.ref) for one in found if one.kind == TAG),
    )


def suggestions(typed: str) -> list[Named]:
    """Give the people and tags that may be meant by what is typed after an @, people first, at most eight."""
    offered = (one for one in finder().named.values() if one.name.is_offered)
    meant = [one for one in offered if mentions.is_meant(typed, one.name.word, one.name.label)]
    return sorted(meant, key=lambda one: (one.kind != PERSON, one.name.label, one.name.word))[:OFFERED]


def colleagues() -> Iterator[Name]:
    """Give the names of all colleagues; what was said to those who have left still leads to their page."""
    rows = db.session.execute(select(Person.id, Person.username, Person.name, Person.is_active))
    for person_id, username, name, is_active in rows:
        yield Name(word=username, ref=person_id, label=name, is_offered=is_active)


def page_of(person_id: int | str) -> str:
    """Give the path of a colleague's page."""
    return links.path("people.person", {"person_id": person_id})


ORDER = (ReferencePattern.position, ReferencePattern.id)
_lock = threading.Lock()
_kept: dict[tuple[str, str], Finder] = {}


def _keep(key: tuple[str, str], made: Finder) -> Finder:
    with _lock:
        while len(_kept) >= KEPT:
            del _kept[next(iter(_kept))]
        return _kept.setdefault(key, made)


def _version() -> str:
    session = db.session()
    row = session.get(ReferenceVersion, ONLY_ROW)
    session.info["references.version"] = row  # held, or the session would forget it and ask at every text
    return row.word if row else ""


def _ready() -> list[Pattern]:
    used = [each for each in all_patterns() if each.is_active and not patterns.faults(each.pattern, each.url)]
    return [Pattern(each.pattern, _whole(each.url)) for each in used if _whole(each.url)]


def _whole(url: str) -> str:
    return current_settings().case_url if url == patterns.CASE_URL else url


def _named() -> dict[str, Named]:
    found: dict[str, Named] = {}
    for source in ports.sources.values():  # people were registered first, and keep a word that a tag has too
        for name in source.names():
            found.setdefault(mentions.plain(name.word), Named(kind=source.kind, name=name, href=source.url(name.ref)))
    return found
