"""Reading a rota: a table (CSV) or a calendar (iCalendar), in whatever shape people save them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from portal.blueprints.shifts import ical, rules
from portal.blueprints.shifts.rules import Bad, BadRota, Entry, Fault, Kind, Reading, Span
from portal.core import clock

ARCHIVES = (b"PK", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"%PDF")
COLUMNS: Mapping[str, re.Pattern[str]] = {
    "person": re.compile(
        r"person|brukar(namn)?|bruker(navn)?|user(name)?|login|tilsett|ansatt|employee|medarbeid[ae]r|e-?(post|mail)|mail"
    ),
    "date": re.compile(r"dato|date|dag|day"),
    "from": re.compile(r"frå|fra|from|start(tid|s)?|byrjar|begynner|begins?"),
    "to": re.compile(r"til|to|slutt(tid)?|sluttar|slutter|ends?"),
    "kind": re.compile(r"slag|type|kind|art|vakttype|vaktkode"),
}
DAY = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|(?P<d2>\d{1,2})[./](?P<m2>\d{1,2})[./](?P<y2>\d{4})")
TIME = re.compile(r"(?P<h>\d{1,2})(?:[.:](?P<min>\d{2})(?:[.:]\d{2})?)?|(?P<h4>\d{2})(?P<min4>\d{2})")
ZONED = re.compile(r".*T?\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})")


def read(content: bytes) -> Reading:
    """Read a rota; what is wrong is told line by line, and past shifts are passed over."""
    try:
        text = _text(content)
        is_calendar = text.lstrip()[:15].upper().startswith("BEGIN:VCALENDAR")
        found = ical.read(text) if is_calendar else _read_table(text)
    except BadRota as error:
        return Reading(bad=[error.bad])
    if not found.entries and not found.bad:
        return Reading(bad=[Bad(line=0, fault=Fault.EMPTY)], passed_over=found.passed_over)
    return found


def _text(content: bytes) -> str:
    if len(content) > rules.MOST_BYTES:
        raise BadRota(Fault.TOO_BIG)
    if content.startswith(ARCHIVES):
        raise BadRota(Fault.ARCHIVE)
    if b"\x00" in content:
        raise BadRota(Fault.NOT_TEXT)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # what older spreadsheets save


def _read_table(text: str) -> Reading:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = [name.strip().casefold() for name in next(lines, [])]
        return _read_lines(lines, _places(header), len(header))
    except csv.Error as error:
        raise BadRota(Fault.NOT_CSV, lines.line_num) from error


def _delimiter(text: str) -> str:
    first = text[:10_000].splitlines()[0] if text else ""
    return max(";,\t", key=first.count)


def _places(header: Sequence[str]) -> dict[str, list[int]]:
    places = {name: [at for at, cell in enumerate(header) if known.fullmatch(cell)] for name, known in COLUMNS.items()}
    if not places["person"]:
        raise BadRota(Fault.NO_PERSON_COLUMN, 1)
    if any(len(places[name]) > 1 for name in ("date", "from", "to", "kind")):
        raise BadRota(Fault.TWO_COLUMNS, 1)
    if not places["date"] and not (places["from"] and places["to"]):
        raise BadRota(Fault.NO_TIME_COLUMN, 1)
    return places


def _read_lines(lines: Iterator[list[str]], places: Mapping[str, list[int]], width: int) -> Reading:
    entries: list[Entry] = []
    bad: list[Bad] = []
    moment, passed_over = clock.now(), 0
    begins = lines.line_num + 1  # type: ignore[attr-defined]
    for count, cells in enumerate(lines, start=1):
        line, begins = begins, lines.line_num + 1  # type: ignore[attr-defined]
        if count > rules.MOST_LINES:
            raise BadRota(Fault.TOO_MANY)
        if not any(cell.strip() for cell in cells):
            continue
        try:
            entry = _entry(cells, places, width, line)
        except BadRota as error:
            bad.append(Bad(line=line, fault=error.bad.fault))
            continue
        if entry.span.ends_at <= moment - rules.KEPT_BACK:
            passed_over += 1
        else:
            entries.append(entry)
    return Reading(entries=entries, bad=bad, passed_over=passed_over)


def _entry(cells: Sequence[str], places: Mapping[str, list[int]], width: int, line: int) -> Entry:
    if len(cells) != width:
        raise BadRota(Fault.CELLS)
    row = {name: _cell(cells, at) for name, at in places.items()}
    if not row["person"]:
        raise BadRota(Fault.NO_PERSON)
    kind = rules.kind_of(row["kind"])
    if kind is None:
        raise BadRota(Fault.KIND)
    span = _span(row, kind)
    fault = rules.fault_of(kind, span, moment=clock.now())
    if fault:
        raise BadRota(fault)
    return Entry(line=line, who=((row["person"].casefold()[:200],),), kind=kind, span=span)


def _cell(cells: Sequence[str], places: Sequence[int]) -> str:
    written = (unicodedata.normalize("NFC", cells[place]).strip() for place in places)
    return next(filter(None, written), "")


def _span(row: Mapping[str, str], kind: Kind) -> Span:
    if not row["date"]:
        return _between(row["from"], row["to"], kind)
    day = _day(row["date"])
    if not row["from"] and not row["to"]:
        if kind is Kind.WORK:
            raise BadRota(Fault.TIME)
        return Span(starts_at=_at(day, time()), ends_at=_at(day + timedelta(days=1), time()))
    starts, (ends, days) = _time(row["from"]), _time_or_midnight(row["to"])
    # What ends at or before the hour at which it begins ends on the next day: a night shift.
    nights = days or int(ends < starts)
    return Span(starts_at=_at(day, starts), ends_at=_at(day + timedelta(days=nights), ends))


def _between(starts: str, ends: str, kind: Kind) -> Span:
    first, last = _moment(starts), _moment(ends)
    if isinstance(first, datetime) and isinstance(last, datetime):
        return Span(starts_at=first, ends_at=last)
    if isinstance(first, datetime) or isinstance(last, datetime) or kind is Kind.WORK:
        raise BadRota(Fault.TIME)
    return Span(starts_at=_at(first, time()), ends_at=_at(last + timedelta(days=1), time()))  # the last day belongs


def _moment(written: str) -> datetime | date:
    if ZONED.fullmatch(written):
        try:
            return datetime.fromisoformat(written).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise BadRota(Fault.TIME) from error
    day, _, at = re.sub(r"[T\s]+", " ", written).strip().partition(" ")
    return _at(_day(day), _time(at)) if at else _day(day)


def _day(written: str) -> date:
    found = DAY.fullmatch(written)
    if not found:
        raise BadRota(Fault.DAY)
    parts = [int(found[name] or found[f"{name}2"]) for name in ("y", "m", "d")]
    try:
        day = date(*parts)
    except ValueError as error:
        raise BadRota(Fault.DAY) from error
    if not 2000 <= day.year <= 2200:
        raise BadRota(Fault.DAY)
    return day


def _time_or_midnight(written: str) -> tuple[time, int]:
    if re.fullmatch(r"24([.:]?00){0,2}", written):
        return time(), 1
    return _time(written), 0


def _time(written: str) -> time:
    found = TIME.fullmatch(written)
    if not found:
        raise BadRota(Fault.TIME)
    try:
        return time(int(found["h"] or found["h4"]), int(found["min"] or found["min4"] or 0))
    except ValueError as error:
        raise BadRota(Fault.TIME) from error


def _at(day: date, at: time) -> datetime:
    return clock.at_wall(day, at)
