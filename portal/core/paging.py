"""Keyset pages: as quick at the end of a long list as at its beginning, and stable while rows come in."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from portal.core.db import db

T = TypeVar("T")
LARGEST = 2**31 - 1  # an integer column of PostgreSQL


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """Some rows, and where the next ones begin (None at the end)."""

    items: Sequence[T]
    next_cursor: str | None = None


def keyset(
    query: Select[T],
    *columns: InstrumentedAttribute[Any],
    cursor: str | None,
    size: int,
    newest_first: bool = True,
) -> Page[T]:
    """Cut one page out of a query, ordered by the columns, the last of which must be unique."""
    cut = _cut(query, columns, cursor=cursor, newest_first=newest_first)
    return _page(db.session.scalars(cut.limit(size + 1)).unique().all(), columns, size)


def keyset_rows(
    query: Select[Any],
    *columns: InstrumentedAttribute[Any],
    cursor: str | None,
    size: int,
    newest_first: bool = True,
) -> Page[Row[Any]]:
    """Cut one page out of a query for columns; the columns of the order are among them."""
    cut = _cut(query, columns, cursor=cursor, newest_first=newest_first)
    return _page(db.session.execute(cut.limit(size + 1)).all(), columns, size)


def _cut(
    query: Select[Any], columns: Sequence[InstrumentedAttribute[Any]], *, cursor: str | None, newest_first: bool
) -> Select[Any]:
    after = read_cursor(cursor, len(columns))
    if after and all(_fits(value, column) for value, column in zip(after, columns, strict=True)):
        place, key = tuple_(*columns), tuple_(*after)
        query = query.where(place < key if newest_first else place > key)
    return query.order_by(*(column.desc() if newest_first else column.asc() for column in columns))


def _page(rows: Sequence[Any], columns: Sequence[InstrumentedAttribute[Any]], size: int) -> Page[Any]:
    if len(rows) <= size:
        return Page(items=rows)
    last = rows[size - 1]
    return Page(items=rows[:size], next_cursor=write_cursor([getattr(last, column.key) for column in columns]))


def write_cursor(values: Sequence[Any]) -> str:
    """Write the place of a row so that it fits in a URL."""
    plain = [{"t": value.isoformat()} if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, length: int) -> list[Any] | None:
    """Read a place; anything that is not one means the first page."""
    if not cursor or len(cursor) > 300:
        return None
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [_value(value) for value in plain]
    except (binascii.Error, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    return values if len(values) == length else None


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        moment = datetime.fromisoformat(value["t"])
        if moment.tzinfo is None:
            raise ValueError("a cursor holds a moment without a zone")
        return moment.astimezone(UTC)
    if isinstance(value, int) and abs(value) <= LARGEST:
        return value
    if isinstance(value, str) and "\0" not in value:
        value.encode()  # half a character is a ValueError here, and would be one in the database
        return value
    raise TypeError("a cursor holds moments, numbers and words only")


def _fits(value: Any, column: InstrumentedAttribute[Any]) -> bool:
    # A cursor comes from the address line: PostgreSQL refuses to compare a moment with a word.
    return type(value) is column.type.python_type
