"""Reads a board out of a spreadsheet: CSV with a head line, one question a row and, if there is one, its answer.

Columns: title; and if they are there id, body, tags, author, asked_at, answer, answer_author, answered_at, solved.
Rows with the same id are one question with several answers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime

from portal.blueprints.questions.rules import imports
from portal.blueprints.questions.rules.imports import AnswerRow, Bad, BadRow, Fault, QuestionRow, Row

YES = frozenset({"1", "x", "yes", "true", "ja", "j", "y", "loyst", "løyst", "løst", "solved"})
ENCODINGS = ("utf-8-sig", "cp1252")  # what spreadsheets write in Norway


def decode(raw: bytes) -> str:
    """Read the letters; a byte that is in neither encoding is shown as such instead of stopping everything."""
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp1252", "replace")


def rows(raw: bytes, *, now: datetime) -> Iterator[Row | Bad]:
    """Give the questions and answers of a file. A moment that is not given is now."""
    text = decode(raw)
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="", restval="")
    names = {name: (name or "").strip().casefold() for name in table.fieldnames or ()}
    if "title" not in names.values():
        yield Bad(line=1, fault=Fault.NO_TITLE)
        return
    seen: set[str] = set()
    try:
        for each in table:
            values = {names.get(name, ""): value for name, value in each.items() if isinstance(value, str)}
            yield from _row(table.line_num, values, seen, now)
    except csv.Error:
        yield Bad(line=table.line_num, fault=Fault.NOT_A_ROW)


def _row(line: int, values: Mapping[str, str], seen: set[str], now: datetime) -> Iterator[Row | Bad]:
    if not any(values.values()):
        return
    try:
        key = imports.text(values, "id") or f"line-{line}"
        asked_at = _moment(values, "asked_at", now)
        if key not in seen:
            yield imports.checked(_question(line, key, values, asked_at))
            seen.add(key)
        if imports.text(values, "answer"):
            yield imports.checked(_answer(line, key, values, _moment(values, "answered_at", asked_at)))
    except BadRow as bad:
        yield Bad(line=line, fault=bad.fault)


def _question(line: int, key: str, values: Mapping[str, str], asked_at: datetime) -> Row:
    return QuestionRow(
        line=line,
        key=key,
        title=" ".join(imports.text(values, "title").split()),
        body=imports.text(values, "body"),
        written_at=asked_at,
        author=imports.text(values, "author"),
        tags=imports.tags(imports.text(values, "tags")),
    )


def _answer(line: int, key: str, values: Mapping[str, str], written_at: datetime) -> Row:
    return AnswerRow(
        line=line,
        key=f"{key}-{line}"[-imports.KEY_LONGEST :],
        question=key,
        body=imports.text(values, "answer"),
        written_at=written_at,
        author=imports.text(values, "answer_author"),
        is_accepted=imports.text(values, "solved").casefold() in YES,
    )


def _moment(values: Mapping[str, str], name: str, otherwise: datetime) -> datetime:
    written = imports.text(values, name)
    return imports.moment(written) if written else otherwise
