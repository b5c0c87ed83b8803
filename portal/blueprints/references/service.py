"""What changes what becomes a link: patterns, their order, and who may be mentioned."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from sqlalchemy import event, inspect, select, update
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from portal.blueprints.people.models import Person
from portal.blueprints.references import ports, queries
from portal.blueprints.references.models import ReferencePattern, ReferenceVersion
from portal.blueprints.references.ports import PERSON, Name, Source
from portal.blueprints.references.rules import patterns
from portal.blueprints.references.rules.patterns import Case, Fault
from portal.core import audit, markdown
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import N_
from portal.core.viewer import Viewer

MANAGE = "references.manage"
Known = tuple[str, int | str, str]  # what is written after the @, what it refers to, and the words it stands for

FAULTS = {
    Fault.SYNTAX: (
        "pattern",
        N_("This pattern cannot be read: %(why)s. Look-around and back-references are not for us."),
    ),
    Fault.EMPTY: ("pattern", N_("This pattern is content with nothing at all. Say what must be there.")),
    Fault.LARGE: ("pattern", N_("This pattern is too large. Repeat less in it.")),
    Fault.ADDRESS: (
        "url",
        N_(
            "Write an address with https:// and a host that is always the same, or a path of ours with one slash first."
        ),
    ),
    Fault.PLACE: ("url", N_("The address has a place that the pattern has no group for.")),
}


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What an administrator says of a pattern."""

    name: str
    pattern: str
    url: str
    cases: tuple[Case, ...] = ()


def add(viewer: Viewer, draft: Draft) -> ReferencePattern:
    """Add a pattern, behind the others; refused unless its test cases come out as expected."""
    _check_permission(viewer)
    if len(queries.all_patterns()) >= patterns.PATTERNS_MOST:
        raise Invalid(N_("There are %(count)s patterns, and that is as many as we run."), count=patterns.PATTERNS_MOST)
    _check(draft, pattern_id=None)
    pattern = ReferencePattern(position=queries.last_position() + 1)
    _apply(pattern, draft)
    db.session.add(pattern)
    db.session.flush()
    audit.note(viewer.id, "references.add", subject=pattern.name, pattern_id=pattern.id)
    return pattern


def change(viewer: Viewer, pattern_id: int, draft: Draft) -> ReferencePattern:
    """Change a pattern; refused unless its test cases come out as expected."""
    _check_permission(viewer)
    pattern = queries.get_pattern(pattern_id)
    _check(draft, pattern_id=pattern_id)
    _apply(pattern, draft)
    db.session.flush()
    audit.note(viewer.id, "references.change", subject=pattern.name, pattern_id=pattern.id)
    return pattern


def switch(viewer: Viewer, pattern_id: int, *, on: bool) -> ReferencePattern:
    """Let a pattern make links, or not."""
    _check_permission(viewer)
    pattern = queries.get_pattern(pattern_id)
    if pattern.is_active != on:
        pattern.is_active = on
        audit.note(viewer.id, "references.switch", subject=pattern.name, pattern_id=pattern.id, on=int(on))
    return pattern


def move(viewer: Viewer, pattern_id: int, *, up: bool) -> None:
    """Have a pattern tried one place earlier or later."""
    _check_permission(viewer)
    pattern = queries.get_pattern(pattern_id)
    order = list(queries.all_patterns())
    place = order.index(pattern)
    order.insert(max(place - 1, 0) if up else place + 1, order.pop(place))
    for position, each in enumerate(order, 1):
        each.position = position
    audit.note(viewer.id, "references.move", subject=pattern.name, pattern_id=pattern.id, position=pattern.position)


def remove(viewer: Viewer, pattern_id: int) -> None:
    """Remove a pattern; what it made links of is text again."""
    _check_permission(viewer)
    pattern = queries.get_pattern(pattern_id)
    db.session.delete(pattern)
    audit.note(viewer.id, "references.remove", subject=pattern.name, pattern_id=pattern_id)


def mentionable(
    kind: str,
    *,
    names: Callable[[], Iterable[Known]],
    url: Callable[[int | str], str],
    of: Mapping[type, Sequence[str]],
) -> None:
    """Let the names of something be written after an @: «tag» with its slugs, say.

    Names gives all of them, each with what it refers to and the words it stands for. It is called again when one of
    these columns of these models has changed, or many rows of them at once.
    """
    named = partial(_as_names, names)
    ports.sources[kind] = Source(kind=kind, names=named, url=url)
    ports.watched.update(of)


def renew() -> None:
    """Say that a name has changed in a way that the session cannot know of, such as SQL on a connection."""
    _renew(db.session())


def _as_names(names: Callable[[], Iterable[Known]]) -> Iterable[Name]:
    return [Name(word=word, ref=ref, label=label) for word, ref, label in names()]


def _check_permission(viewer: Viewer) -> None:
    if not viewer.may(MANAGE):
        raise NotAllowed(N_("This is not open to you."))


def _check(draft: Draft, *, pattern_id: int | None) -> None:
    namesake = select(ReferencePattern.id).where(ReferencePattern.name == draft.name)
    if db.session.scalar(namesake) not in {None, pattern_id}:
        raise Conflict(N_("There is a pattern with that name already."), field="name")
    for fault in patterns.faults(draft.pattern, draft.url):
        field, words = FAULTS[fault]
        raise Invalid(words, field=field, why=patterns.why(draft.pattern))
    _check_cases(draft)


def _check_cases(draft: Draft) -> None:
    if len(draft.cases) > patterns.CASES_MOST or any(len(case.text) > patterns.CASE_LONGEST for case in draft.cases):
        raise Invalid(
            N_("A pattern has at most %(count)s test cases of %(length)s characters."),
            field="cases",
            count=patterns.CASES_MOST,
            length=patterns.CASE_LONGEST,
        )
    if not any(case.links for case in draft.cases):
        raise Invalid(N_("Give at least one test case in which something becomes a link."), field="cases")
    if not all(outcome.is_right for outcome in queries.outcomes(draft.pattern, draft.url, draft.cases)):
        raise Invalid(N_("A test case does not come out as expected. Nothing has been saved."), field="cases")


def _apply(pattern: ReferencePattern, draft: Draft) -> None:
    pattern.name, pattern.pattern, pattern.url, pattern.cases = draft.name, draft.pattern, draft.url, draft.cases


@event.listens_for(Session, "after_flush")
def _notice(session: Session, _context: UOWTransaction) -> None:
    if any(_is_watched(row) for row in chain(session.new, session.deleted)) or any(map(_has_changed, session.dirty)):
        _renew(session)


@event.listens_for(Session, "do_orm_execute")
def _notice_many(statement: ORMExecuteState) -> None:
    changes = statement.is_insert or statement.is_update or statement.is_delete
    if changes and statement.bind_mapper is not None and statement.bind_mapper.class_ in ports.watched:
        _renew(statement.session)


def _renew(session: Session) -> None:
    session.execute(update(ReferenceVersion).values(word=secrets.token_hex(8)))


def _is_watched(row: object) -> bool:
    return type(row) in ports.watched


def _has_changed(row: object) -> bool:
    columns = ports.watched.get(type(row), ())
    return any(inspect(row).attrs[column].history.has_changes() for column in columns)


ports.watched[ReferencePattern] = ("pattern", "url", "position", "is_active")
ports.watched[Person] = ("username", "name", "is_active")
ports.sources[PERSON] = Source(kind=PERSON, names=queries.colleagues, url=queries.page_of)
markdown.register_links(queries.finder)
