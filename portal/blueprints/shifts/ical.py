"""The only door to icalendar for shifts: reads a calendar that somebody else has written, and trusts nothing in it.

Before the library sees a line, everything is counted and all but a dozen properties is thrown away: descriptions,
places and alarms never come in, and no time zone but those of the world is believed. Repetitions are held to the plain
ones that surely end up somewhere, since looking for a 30 February takes a computer for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import recurring_ical_events  # type: ignore[import-untyped]
from icalendar import Calendar, Event

from portal.blueprints.shifts import rules
from portal.blueprints.shifts.rules import Bad, BadRota, Entry, Fault, Kind, Reading, Span
from portal.core import clock

MOST_EVENTS = 5_000
MOST_PROPERTIES = 300
LONGEST_LINE = 20_000
MOST_STEPS = 400_000  # of all repetitions together, from where each begins
OLDEST = timedelta(days=366 * 10)
WANTED = re.compile(
    r"UID|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID|SEQUENCE|SUMMARY|ATTENDEE|ORGANIZER|STATUS|CATEGORIES"
    r"|X-MICROSOFT-CDO-BUSYSTATUS"
)
LINE: Final = "X-LINE-NUMBER"
PARTS = {
    "FREQ": re.compile(r"DAILY|WEEKLY|MONTHLY|YEARLY"),
    "INTERVAL": re.compile(r"[1-9][0-9]?"),
    "COUNT": re.compile(r"[1-9][0-9]{0,4}"),
    "UNTIL": re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?"),
    "WKST": re.compile(r"MO|TU|WE|TH|FR|SA|SU"),
    "BYDAY": re.compile(r"((-?[1-4])?(MO|TU|WE|TH|FR|SA|SU),?){1,7}"),
    "BYMONTHDAY": re.compile(r"((-?([1-9]|1[0-9]|2[0-8])),?){1,28}"),
}
DAYS_OF = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}


@dataclass(kw_only=True)
class Block:
    """The lines of one event that are wanted, and where it begins in the file."""

    line: int
    lines: list[str] = field(default_factory=list)


def read(text: str) -> Reading:
    """Read the shifts and the leave of a calendar, as far ahead as shifts are written out."""
    moment = clock.now()
    bad: list[Bad] = []
    calendar = Calendar()
    budget = MOST_STEPS
    for block in _blocks(text):
        try:
            event = _event(block)
            budget -= _steps(event, block.line, moment)
        except BadRota as error:
            bad.append(error.bad)
            continue
        if budget < 0:
            raise BadRota(Fault.TOO_MANY)
        calendar.add_component(event)
    entries: list[Entry] = []
    for occurrence in _occurrences(calendar, moment):
        try:
            entries += _entries(occurrence, moment)
        except BadRota as error:
            bad.append(error.bad)
    return Reading(entries=entries, bad=sorted(set(bad), key=lambda each: each.line))


def _blocks(text: str) -> list[Block]:
    blocks: list[Block] = []
    depth: list[str] = []
    has_begun = False
    for number, line in _unfolded(text):
        name = re.split("[:;]", line, maxsplit=1)[0].upper()
        if name == "BEGIN":
            depth.append(line[6:].strip().upper())
            has_begun = has_begun or depth[0] == "VCALENDAR"
            if depth[-1] == "VEVENT":
                blocks.append(Block(line=number))
        elif name == "END":
            del depth[-1:]
        elif depth and depth[-1] == "VEVENT" and WANTED.fullmatch(name):
            blocks[-1].lines.append(line)
        _must_be_bounded(blocks, depth)
    if not has_begun:
        raise BadRota(Fault.NOT_ICAL)
    return blocks


def _must_be_bounded(blocks: Sequence[Block], depth: Sequence[str]) -> None:
    if len(blocks) > MOST_EVENTS or len(depth) > 8 or (blocks and len(blocks[-1].lines) > MOST_PROPERTIES):
        raise BadRota(Fault.TOO_MANY)


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    # A long line goes on in the next, which then begins with a space; the number is that of its beginning.
    pieces: list[str] = []
    begun, length = 0, 0
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if line[:1] in {" ", "\t"} and pieces:
            pieces.append(line[1:])
        else:
            if pieces:
                yield begun, "".join(pieces)
            begun, pieces, length = number, [line], 0
        length += len(line)
        if length > LONGEST_LINE:
            raise BadRota(Fault.TOO_BIG, begun)
    yield begun, "".join(pieces)


def _event(block: Block) -> Any:
    uid = [] if any(line.upper().startswith("UID") for line in block.lines) else [f"UID:line-{block.line}"]
    written = ["BEGIN:VEVENT", *uid, f"{LINE}:{block.line}", *block.lines, "END:VEVENT", ""]
    try:
        event: Any = Event.from_ical("\r\n".join(written))
    except Exception as error:  # whatever the library stumbles over, the line is what we can tell
        raise BadRota(Fault.EVENT, block.line) from error
    if event.errors or not _is_single(event, "DTSTART", "DTEND", "DURATION", "RRULE"):
        raise BadRota(Fault.EVENT, block.line)
    if "DTSTART" not in event:
        raise BadRota(Fault.EVENT, block.line)
    for name in ("DTSTART", "DTEND"):
        if name in event and _is_of_unknown_zone(event[name]):
            raise BadRota(Fault.ZONE, block.line)
    return event


def _is_single(event: Any, *names: str) -> bool:
    return not any(isinstance(event.get(name), list) for name in names)


def _is_of_unknown_zone(value: Any) -> bool:
    return isinstance(value.dt, datetime) and value.dt.tzinfo is None and "TZID" in value.params


def _steps(event: Any, line: int, moment: datetime) -> int:
    """Count how many times a repetition has to be stepped on until it is past what we want; refuse odd ones."""
    others = sum(len(getattr(each, "dts", ())) for name in ("RDATE", "EXDATE") for each in _each(event.get(name)))
    if "RRULE" not in event:
        return 1 + others
    written = event["RRULE"].to_ical().decode().upper()
    parts = dict(part.split("=", 1) for part in written.split(";") if "=" in part)
    _must_be_plain(parts, line)
    begins = _moment(event["DTSTART"].dt)
    if begins < moment - OLDEST:
        raise BadRota(Fault.REPEATS, line)
    days = (moment + rules.CALENDAR_AHEAD - begins).days
    return 1 + others + max(0, days) // DAYS_OF[parts["FREQ"]]


def _must_be_plain(parts: dict[str, str], line: int) -> None:
    is_known = all(name in PARTS and PARTS[name].fullmatch(value) for name, value in parts.items())
    if not is_known or "FREQ" not in parts or not _surely_matches(parts):
        raise BadRota(Fault.REPEATS, line)


def _surely_matches(parts: dict[str, str]) -> bool:
    has_days, has_nth = "BYDAY" in parts, bool(re.search("[1-4]", parts.get("BYDAY", "")))
    match parts["FREQ"]:
        case "DAILY":
            return "BYMONTHDAY" not in parts and not (has_days and (has_nth or "INTERVAL" in parts))
        case "WEEKLY":
            return "BYMONTHDAY" not in parts and not has_nth
        case "MONTHLY":
            return not (has_days and "BYMONTHDAY" in parts)
        case _:
            return not has_days and "BYMONTHDAY" not in parts


def _occurrences(calendar: Calendar, moment: datetime) -> Sequence[Any]:
    try:
        query = recurring_ical_events.of(calendar)
        found = query.between(moment - rules.KEPT_BACK, moment + rules.CALENDAR_AHEAD)
    except Exception as error:  # what the library cannot put together cannot be put right line by line
        raise BadRota(Fault.NOT_ICAL) from error
    if len(found) > rules.MOST_LINES:
        raise BadRota(Fault.TOO_MANY)
    events: list[Any] = list(found)
    return sorted(events, key=lambda event: _moment(event["DTSTART"].dt))


def _entries(event: Any, moment: datetime) -> Iterator[Entry]:
    line = int(event.get(LINE, 0))
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    kind = _kind(event)
    if kind is None:
        return
    starts = event["DTSTART"].dt
    ends = (
        event["DTEND"].dt
        if "DTEND" in event
        else starts + (event["DURATION"].dt if "DURATION" in event else timedelta())
    )
    span = Span(starts_at=_moment(starts), ends_at=_moment(ends))
    fault = rules.fault_of(kind, span, moment=moment)
    if fault:
        raise BadRota(fault, line)
    yield Entry(line=line, who=tuple(_who(event)), kind=kind, span=span)


def _kind(event: Any) -> Kind | None:
    """Tell whether it is work or leave; a whole day that does not say that it is leave is a note, not a shift."""
    words = [str(event.get("SUMMARY", "")), *(_categories(event))]
    away = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "OOF"
    if away or any(rules.kind_of(each) is Kind.LEAVE for each in words):
        return Kind.LEAVE
    return Kind.WORK if isinstance(event["DTSTART"].dt, datetime) else None


def _categories(event: Any) -> list[str]:
    return [str(name) for each in _each(event.get("CATEGORIES")) for name in getattr(each, "cats", [each])]


def _who(event: Any) -> Iterator[tuple[str, ...]]:
    """Give by what the persons may be known: those asked, else a piece of the title, else whoever asks."""
    invited = tuple(_address(each) for each in _each(event.get("ATTENDEE")) if _is_a_person_who_comes(each))
    title = [piece.strip() for piece in re.split(r"[\n:;,|()–—]|\s-\s", str(event.get("SUMMARY", "")))]
    asks = tuple(_address(each) for each in _each(event.get("ORGANIZER")))
    groups: Iterable[Iterable[str]] = (invited, (piece for piece in title[:12]), asks)
    for group in groups:
        known = tuple(each.casefold()[:200] for each in group if each)
        if known:
            yield known


def _is_a_person_who_comes(attendee: Any) -> bool:
    said = {name: str(attendee.params.get(name, "")).upper() for name in ("PARTSTAT", "ROLE", "CUTYPE")}
    is_person = said["CUTYPE"] not in {"ROOM", "RESOURCE", "GROUP"}
    return is_person and said["PARTSTAT"] != "DECLINED" and said["ROLE"] != "NON-PARTICIPANT"


def _address(value: Any) -> str:
    return re.sub(r"^mailto:", "", str(value).strip(), flags=re.IGNORECASE)


def _each(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _moment(value: date | datetime) -> datetime:
    if not isinstance(value, datetime):
        return clock.at_wall(value, time())
    # Without a zone it is the clock on the wall here; of the hour that is there twice, the first.
    return (value if value.tzinfo else value.replace(tzinfo=clock.OSLO)).astimezone(clock.now().tzinfo)
