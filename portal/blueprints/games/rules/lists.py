"""Reads and writes the shelf as a table (CSV), also the one that BoardGameGeek gives of a collection."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from portal.blueprints.games.rules import shelf
from portal.blueprints.games.rules.shelf import BadGame, Entry, Fault, Reading

ARCHIVES = (b"PK", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"%PDF")
COLUMNS: Mapping[str, re.Pattern[str]] = {
    "name": re.compile(r"name|namn|navn|spel|spill|game|title|tittel|objectname"),
    "players": re.compile(r"players|spelarar|spillere|tal spelarar|antall spillere"),
    "players_min": re.compile(r"players_min|min ?players|minst|min|færrast|færrest"),
    "players_max": re.compile(r"players_max|max ?players|flest|maks|max"),
    "players_best": re.compile(r"players_best|best|best med|bggbestplayers"),
    "minutes": re.compile(r"minutes|minutt|minutter|speletid|spilletid|time|playing ?time"),
    "language": re.compile(r"language|språk"),
    "rules_url": re.compile(r"rules(_url)?|reglar|regler|lenkje|lenke|link|url"),
    "notes": re.compile(r"notes?|merknad|merknader|notat|kommentar|comment"),
    "own": re.compile(r"own|eig|eier"),
    "kind": re.compile(r"itemtype"),
}
HEAD = ("name", "players_min", "players_max", "players_best", "minutes", "language", "rules_url", "notes")
NO = frozenset({"0", "nei", "no", "false"})
RANGE = re.compile(r"(?P<least>\d{1,3})\s*(?:(?:[-–—]|til|to)\s*(?P<most>\d{1,3}))?(?P<open>\s*\+)?")
NUMBER = re.compile(r"\d{1,5}")
# What a spreadsheet would run as a formula gets a sign in front, which is taken away when it is read again.
RUN_BY_SPREADSHEETS = re.compile(r"'*[=+\-@\t\r\n]")


def decode(raw: bytes) -> str:
    """Read the letters of a file, or say why it is no text."""
    if len(raw) > shelf.MOST_BYTES:
        raise BadGame(Fault.TOO_BIG)
    if raw.startswith(ARCHIVES):
        raise BadGame(Fault.ARCHIVE)
    if b"\x00" in raw:
        raise BadGame(Fault.NOT_TEXT)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")  # what older spreadsheets save


def read(text: str) -> Reading:
    """Read a table of games; what is wrong is told line by line."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        head = [name.strip().casefold() for name in next(lines, [])]
        return _read_lines(lines, _places(head), len(head))
    except csv.Error as error:
        raise BadGame(Fault.NOT_CSV, lines.line_num) from error


def write(entries: Iterable[Entry]) -> str:
    """Write games as a table that spreadsheets open and `read` reads again."""
    written = io.StringIO()
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    table.writerow(HEAD)
    for entry in entries:
        table.writerow([_safe(getattr(entry, name)) for name in HEAD])
    return written.getvalue()


def _safe(value: str | int | None) -> str | int:
    if isinstance(value, str) and RUN_BY_SPREADSHEETS.match(value):
        return f"'{value}"
    return "" if value is None else value


def _delimiter(text: str) -> str:
    first = text[:10_000].splitlines()[0] if text else ""
    return max(";,\t", key=first.count)


def _places(head: Sequence[str]) -> dict[str, int]:
    found = {name: [at for at, cell in enumerate(head) if known.fullmatch(cell)] for name, known in COLUMNS.items()}
    if not found["name"]:
        raise BadGame(Fault.NO_NAME_COLUMN, 1)
    if not found["players"] and not (found["players_min"] and found["players_max"]):
        raise BadGame(Fault.NO_PLAYERS_COLUMN, 1)
    if any(len(places) > 1 for places in found.values()):
        raise BadGame(Fault.TWO_COLUMNS, 1)
    return {name: places[0] for name, places in found.items() if places}


def _read_lines(lines: Iterator[list[str]], places: Mapping[str, int], width: int) -> Reading:
    entries: list[tuple[int, Entry]] = []
    bad: list[shelf.Bad] = []
    passed_over = 0
    begins = lines.line_num + 1  # type: ignore[attr-defined]
    for count, cells in enumerate(lines, start=1):
        line, begins = begins, lines.line_num + 1  # type: ignore[attr-defined]
        if count > shelf.MOST_GAMES:
            raise BadGame(Fault.TOO_MANY)
        if not any(cell.strip() for cell in cells):
            continue
        row = {name: _unsafe(cells[at]) for name, at in places.items() if at < len(cells)}
        if row.get("own") in NO or row.get("kind", "").casefold() in {"expansion", "accessory"}:
            passed_over += 1
            continue
        try:
            entries.append((line, _entry(cells, row, width)))
        except BadGame as error:
            bad.append(shelf.Bad(line=line, fault=error.bad.fault))
    return Reading(entries=entries, bad=bad, passed_over=passed_over)


def _unsafe(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and RUN_BY_SPREADSHEETS.match(cell[1:]) else cell


def _entry(cells: Sequence[str], row: Mapping[str, str], width: int) -> Entry:
    if len(cells) != width:
        raise BadGame(Fault.CELLS)
    least, most = _players(row)
    entry = Entry(
        name=" ".join(row["name"].split()),
        players_min=least,
        players_max=most,
        players_best=_best(row.get("players_best", ""), least, most),
        minutes=_number(row.get("minutes", ""), Fault.MINUTES),
        language=row.get("language", ""),
        rules_url=row.get("rules_url", ""),
        notes=row.get("notes", ""),
    )
    fault = shelf.fault_of(entry)
    if fault:
        raise BadGame(fault)
    return entry


def _players(row: Mapping[str, str]) -> tuple[int, int]:
    if row.get("players"):
        found = RANGE.fullmatch(row["players"])
        if not found or (found["open"] and found["most"]):
            raise BadGame(Fault.PLAYERS)
        least = int(found["least"])
        return least, shelf.MOST_PLAYERS if found["open"] else int(found["most"] or least)
    least_, most = (_number(row.get(name, ""), Fault.PLAYERS) for name in ("players_min", "players_max"))
    if least_ is None or most is None:
        raise BadGame(Fault.PLAYERS)
    return least_, most


def _best(written: str, least: int, most: int) -> int | None:
    """Give the best number; BoardGameGeek may name several, and some that the game is not for."""
    if not written:
        return None
    numbers = [int(each) for each in re.split(r"[,\s]+", written) if NUMBER.fullmatch(each)]
    if not numbers:
        raise BadGame(Fault.BEST)
    if len(numbers) == 1:
        return numbers[0]
    return next((number for number in numbers if least <= number <= most), None)


def _number(written: str, fault: Fault) -> int | None:
    if not written:
        return None
    if not NUMBER.fullmatch(written):
        raise BadGame(fault)
    return int(written)
