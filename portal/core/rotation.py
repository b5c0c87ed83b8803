"""Change of keys: what an older key of the ring has sealed is sealed again with the newest.

A column says once where it is and for which place its texts are sealed. Going over it takes some rows at a time, each
portion in a transaction of its own, and only rows that an older key has sealed: stopped half-way, it is begun again.
Keyed digests follow where their rows have what they are made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import LargeBinary, Select, func, inspect, literal, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute

from portal.core import sealing
from portal.core.db import db
from portal.core.sealing import Unreadable

PORTION = 100


@dataclass(frozen=True, kw_only=True)
class Resealed:
    """How many texts have got the newest key, and how many no key of the ring opens."""

    done: int = 0
    unreadable: int = 0

    def __add__(self, other: Resealed) -> Resealed:
        return Resealed(done=self.done + other.done, unreadable=self.unreadable + other.unreadable)


@dataclass(frozen=True, kw_only=True)
class _Place:
    column: InstrumentedAttribute[Any]
    context: Callable[[Any], str]

    @property
    def key(self) -> list[Any]:
        return list(inspect(self.column.class_).primary_key)


@dataclass(frozen=True, kw_only=True)
class _Mark:
    model: Any
    renew: Callable[[Any], bool]


_places: dict[str, _Place] = {}
_marks: dict[str, _Mark] = {}


def register(column: InstrumentedAttribute[Any], *, context: Callable[[Any], str]) -> None:
    """Say that a column is sealed with the server's ring; context names the place that a row's text is sealed for."""
    _places[str(column)] = _Place(column=column, context=context)


def register_mark(column: InstrumentedAttribute[Any], *, renew: Callable[[Any], bool]) -> None:
    """Say that a column is a keyed digest which its row can make anew; renew does it, and tells whether it had to."""
    _marks[str(column)] = _Mark(model=column.class_, renew=renew)


def columns() -> list[str]:
    """Give the names of the columns that are gone over, such as «CheckIn.sealed»."""
    return sorted(_places)


def portions(size: int = PORTION) -> Iterator[Resealed]:
    """Seal what an older key has sealed with the newest, a portion at every step: the caller commits between them."""
    for name in columns():
        place, last, more = _places[name], None, True
        while more:
            rows = db.session.execute(_older(place, after=last).limit(size)).all()
            yield _resealed(place, rows)
            more = len(rows) == size
            last = tuple(rows[-1][1:]) if rows else None
    for name in sorted(_marks):
        yield from _remarked(_marks[name], size)


def left() -> int:
    """Count the texts that an older key has sealed."""
    older = (select(func.count()).select_from(_older(_places[name], after=None).subquery()) for name in columns())
    return sum(db.session.scalar(count) or 0 for count in older)


def _older(place: _Place, *, after: tuple[Any, ...] | None) -> Select[Any]:
    newest = sealing.ring().header
    header = func.substr(place.column, 1, len(newest), type_=LargeBinary)
    query = select(place.column, *place.key).where(place.column.is_not(None), header != literal(newest, LargeBinary))
    return (query if after is None else query.where(tuple_(*place.key) > tuple_(*after))).order_by(*place.key)


def _remarked(mark: _Mark, size: int) -> Iterator[Resealed]:
    key = list(inspect(mark.model).primary_key)
    last, more = None, True
    while more:
        ids = select(*key).order_by(*key).limit(size)
        rows = db.session.execute(ids if last is None else ids.where(tuple_(*key) > tuple_(*last))).all()
        yield Resealed(done=sum(_renew(mark, key, tuple(row)) for row in rows))
        more = len(rows) == size
        last = tuple(rows[-1]) if rows else None


def _renew(mark: _Mark, key: list[Any], values: tuple[Any, ...]) -> bool:
    is_row = [column == value for column, value in zip(key, values, strict=True)]
    query = select(mark.model).where(*is_row).with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(query)
    return row is not None and mark.renew(row)


def _resealed(place: _Place, rows: Any) -> Resealed:
    return sum((_reseal(place, tuple(row[1:])) for row in rows), Resealed())


def _reseal(place: _Place, key: tuple[Any, ...]) -> Resealed:
    model = place.column.class_
    is_row = [column == value for column, value in zip(place.key, key, strict=True)]
    # As it is now, and kept from changing: what somebody writes meanwhile is not put back.
    row = db.session.scalar(select(model).where(*is_row).with_for_update().execution_options(populate_existing=True))
    blob = getattr(row, place.column.key, None)
    if row is None or blob is None:
        return Resealed()
    try:
        fresh = sealing.reseal(blob, context=place.context(row))
    except Unreadable:
        return Resealed(unreadable=1)
    # The column alone: a draft does not become younger by a new key.
    db.session.execute(
        update(model).where(*is_row).values({place.column.key: fresh}), execution_options={"synchronize_session": False}
    )
    db.session.expire(row)
    return Resealed(done=int(fresh is not blob))
