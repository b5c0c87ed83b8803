"""Bringing a rota in: what it would change is worked out first, and then done whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.dialects import postgresql, sqlite

from portal.blueprints.shifts import queries, rules
from portal.blueprints.shifts.facts import RotaRead
from portal.blueprints.shifts.models import Rota, Shift
from portal.blueprints.shifts.rules import Bad, Entry, Kind, Reading, Span
from portal.core import audit, clock, live
from portal.core import text as texts
from portal.core.db import db, is_sqlite
from portal.core.errors import Invalid, NotAllowed, NotFound
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

MANAGE = "shifts.manage"
FEED = "PORTAL_ROTA_URL"  # the rota that is read from the address in the settings
NAME_LONGEST = 120
Line = tuple[int, Kind, datetime, datetime]
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A rota as it shall be: the days that it speaks of, and the shifts and leave of those who are known here."""

    name: str
    frame: Span | None
    lines: frozenset[Line] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """Somebody whom nobody here is known as, and the lines they stand on."""

    who: str
    lines: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What bringing a rota in would change, and what cannot be used of it."""

    wanted: Wanted
    added: int = 0
    removed: int = 0
    unchanged: int = 0
    persons: int = 0
    passed_over: int = 0
    unknown: Sequence[Unknown] = ()
    bad: Sequence[Bad] = ()

    @property
    def changes_nothing(self) -> bool:
        """Tell whether all of it is here already."""
        return not (self.added or self.removed)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The shifts that come and the rows that go."""

    added: Sequence[Line] = ()
    removed: Mapping[int, Line] = field(default_factory=dict)
    unchanged: int = 0


def plan(name: str, reading: Reading, *, whole: bool = False) -> Plan:
    """Work out what a rota would change; whole: it speaks of everything from today on, as a calendar that is read."""
    name = _name(name, is_feed=whole)
    known, unknown = _resolve(reading.entries)
    wanted = Wanted(name=name, frame=_frame(reading.entries, whole=whole), lines=frozenset(known))
    difference = _difference(wanted, find_rota(name))
    return Plan(
        wanted=wanted,
        added=len(difference.added),
        removed=len(difference.removed),
        unchanged=difference.unchanged,
        persons=len({line[0] for line in wanted.lines}),
        passed_over=reading.passed_over,
        unknown=unknown,
        bad=reading.bad,
    )


def carry_out(viewer: Viewer | None, wanted: Wanted, *, digest: str = "") -> int | None:
    """Bring a rota in, whole; None where there is nothing in it. The same again changes nothing."""
    if viewer is not None:
        must_manage(viewer)
    if wanted.frame is None:
        return None
    rota = _get_locked(wanted.name)
    difference = _difference(wanted, rota)
    rota.read_at, rota.digest = clock.now(), digest
    _cover(rota, wanted)
    _write(rota, difference)
    if difference.added or difference.removed:
        _tell(rota, difference)
        audit.note(viewer.id if viewer else None, "shifts.import", rota_id=rota.id)
    return rota.id


def remove(viewer: Viewer, rota_id: int) -> None:
    """Take a rota and all its shifts away."""
    must_manage(viewer)
    gone = delete(Rota).where(Rota.id == rota_id).returning(Rota.id)
    if db.session.scalar(gone) is None:
        raise NotFound(N_("That rota is not here any more."))
    audit.note(viewer.id, "shifts.remove", rota_id=rota_id)
    live.publish("shifts")
    record(RotaRead(rota_id=rota_id))


def must_manage(viewer: Viewer) -> None:
    """Refuse whoever may not look after the rota."""
    if not viewer.may(MANAGE):
        raise NotAllowed(N_("This is not open to you."))


def find_rota(name: str) -> Rota | None:
    """Find a rota by its name."""
    return queries.find_rota(name)


def _name(name: str, *, is_feed: bool) -> str:
    name = texts.line(name).strip()
    if not name or len(name) > NAME_LONGEST:
        raise Invalid(N_("Give the rota a name, of at most 120 letters."), field="name")
    if (name.casefold() == FEED.casefold()) != is_feed:
        raise Invalid(N_("That name is kept for the rota that is read from an address. Choose another."), field="name")
    return name


def _resolve(entries: Sequence[Entry]) -> tuple[Iterator[Line], Sequence[Unknown]]:
    persons = queries.persons_by_word()
    spans: dict[tuple[int, Kind], list[Span]] = {}
    unknown: dict[str, list[int]] = {}
    for entry in entries:
        groups = ({persons[word] for word in group if word in persons} for group in entry.who)
        found = next(filter(None, groups), set())
        for person_id in found:
            spans.setdefault((person_id, entry.kind), []).append(entry.span)
        if not found:
            who = next((word for group in entry.who for word in group), "")
            unknown.setdefault(who, []).append(entry.line)
    lines = (
        (each, kind, span.starts_at, span.ends_at)
        for (each, kind), some in spans.items()
        for span in rules.merged(some)
    )
    return lines, [Unknown(who=who, lines=sorted(set(at))) for who, at in sorted(unknown.items(), key=_first_line)]


def _first_line(item: tuple[str, list[int]]) -> int:
    return min(item[1])


def _frame(entries: Sequence[Entry], *, whole: bool) -> Span | None:
    """Give the days that a file speaks of: those on which somebody in it begins to work, else those of its leave.

    A shift belongs to the day on which it begins, so that the night between two months is in one file only; and one
    leave of half a year does not make a file of one week speak of half a year.
    """
    today = clock.at_wall(clock.today(), time())
    if whole:
        first = min((_day(entry.span.starts_at) for entry in entries), default=today)
        return Span(starts_at=min(first, today), ends_at=today + rules.FARTHEST)
    work = [entry.span for entry in entries if entry.kind is Kind.WORK]
    begins = [span.starts_at for span in work or (entry.span for entry in entries)]
    lasts = [span.starts_at for span in work] or [entry.span.ends_at - timedelta(microseconds=1) for entry in entries]
    return Span(starts_at=_day(min(begins)), ends_at=_day(max(lasts), 1)) if begins else None


def _day(moment: datetime, after: int = 0) -> datetime:
    return clock.at_wall(clock.wall(moment).date() + after * DAY, time())


def _difference(wanted: Wanted, rota: Rota | None) -> Difference:
    rows = {row.id: (row.person_id, Kind(row.kind), row.starts_at, row.ends_at) for row in queries.shifts_of(rota)}
    if wanted.frame is None:
        return Difference(unchanged=len(rows))
    target = _target(wanted, rows.values(), wanted.frame)
    removed = {row_id: line for row_id, line in rows.items() if line not in target}
    stays = {line for line in rows.values() if line in target}
    return Difference(added=sorted(target - stays), removed=removed, unchanged=len(stays))


def _target(wanted: Wanted, rows: Iterable[Line], frame: Span) -> set[Line]:
    both = [*wanted.lines, *(piece for line in rows for piece in _outside(line, frame))]
    leave: dict[int, list[Span]] = {}
    for person_id, kind, starts_at, ends_at in both:
        if kind is Kind.LEAVE:
            leave.setdefault(person_id, []).append(Span(starts_at=starts_at, ends_at=ends_at))
    # Leave has one shape however many files it stands in, so that the same file again changes nothing.
    away = {
        (each, Kind.LEAVE, span.starts_at, span.ends_at) for each, some in leave.items() for span in rules.union(some)
    }
    return {line for line in both if line[1] is Kind.WORK} | away


def _outside(line: Line, frame: Span) -> Iterator[Line]:
    """Give what stays of an older line: a shift that begins on other days whole, of leave what lies outside."""
    person_id, kind, starts_at, ends_at = line
    if kind is Kind.WORK:
        if not frame.holds(starts_at):
            yield line
        return
    for piece in rules.minus([Span(starts_at=starts_at, ends_at=ends_at)], [frame]):
        yield person_id, kind, piece.starts_at, piece.ends_at


def _get_locked(name: str) -> Rota:
    values: dict[str, Any] = {"name": name, "digest": "", "read_at": clock.now(), "created_at": clock.now()}
    new = (sqlite.insert if is_sqlite() else postgresql.insert)(Rota).values(values)
    db.session.execute(new.on_conflict_do_nothing(index_elements=[Rota.name]))
    return queries.get_rota_locked(name)


def _cover(rota: Rota, wanted: Wanted) -> None:
    """Note what the rota speaks of: the days of this file, and those of earlier ones that they hang together with."""
    frame = wanted.frame
    if frame is None:
        return
    begins = [frame.starts_at]
    ends = [frame.ends_at, *(line[3] for line in wanted.lines if line[1] is Kind.WORK)]
    if wanted.name == FEED:  # it speaks of all that comes, but where it has no more shifts it has run out
        ends = ends[1:] or [frame.starts_at]
    if rota.first_at and rota.last_at and rota.first_at <= frame.ends_at and rota.last_at >= frame.starts_at:
        begins.append(rota.first_at)
        ends += [] if wanted.name == FEED else [rota.last_at]
    rota.first_at, rota.last_at = min(begins), max(ends)


def _write(rota: Rota, difference: Difference) -> None:
    gone = list(difference.removed)
    for start in range(0, len(gone), 1000):
        db.session.execute(delete(Shift).where(Shift.id.in_(gone[start : start + 1000])))
    rows: list[dict[str, Any]] = [
        {"rota_id": rota.id, "person_id": person_id, "kind": kind, "starts_at": starts_at, "ends_at": ends_at}
        for person_id, kind, starts_at, ends_at in difference.added
    ]
    if rows:
        db.session.execute(insert(Shift), rows)


def _tell(rota: Rota, difference: Difference) -> None:
    concerned = {line[0] for line in (*difference.added, *difference.removed.values())}
    live.publish_all(["shifts", *(f"person-{person_id}" for person_id in sorted(concerned))])
    record(RotaRead(rota_id=rota.id))
