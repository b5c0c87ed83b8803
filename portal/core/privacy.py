"""What is stored about a person: each slice says what it holds, how it is given to them, and how it is removed.

The pages that tell people what is held, the export and the erasure all read this one list. Each holding names the
tables, or single columns, that it answers for: a test compares them with the whole database, so that nothing can be
held that is not on the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, exists, select

from portal.core.db import Base, db

Export = Callable[[int], Any]
Erase = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that belongs to what is held, such as a picture: its name without a folder, and what it holds."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One kind of data about people: what it is, who sees it, how long it stays, and how it is given and removed."""

    slice: str
    what: str
    seen_by: str
    kept: str
    tables: tuple[str, ...] = ()
    export: Export | None = None
    files: Callable[[int], Iterator[File]] | None = None
    erase: Erase | None = None
    remove: Erase | None = None
    letters: Callable[[int], Callable[[], None]] | None = None
    stays: str = ""


_holdings: dict[tuple[str, str], Holding] = {}


def register(
    slice_: str,
    *,
    what: str,
    seen_by: str,
    kept: str,
    tables: tuple[str, ...] = (),
    export: Export | None = None,
    files: Callable[[int], Iterator[File]] | None = None,
    erase: Erase | None = None,
    remove: Erase | None = None,
    letters: Callable[[int], Callable[[], None]] | None = None,
    stays: str = "",
) -> None:
    """Say what a slice holds about people; what, seen_by, kept and stays are message ids.

    tables: the tables («sign_up») or columns («evening.organiser_id») that this answers for.
    export(person_id) gives plain values; files(person_id) gives pictures and the like, one at a time.
    erase(person_id) removes it or takes the person out of it. It may be called again after a crash.
    remove(person_id) goes before erase if the person wants the words gone too, where erase leaves them without a name.
    letters(person_id) reads what is needed and gives what removes files, to be called with no transaction open.
    stays: what is left after erasure, and why. Only what says so may be without export or erase: a copy that goes with
    the text itself, and what others must be able to rely on.
    """
    _holdings[slice_, what] = Holding(
        slice=slice_,
        what=what,
        seen_by=seen_by,
        kept=kept,
        tables=tables,
        export=export,
        files=files,
        erase=erase,
        remove=remove,
        letters=letters,
        stays=stays,
    )


def holdings() -> list[Holding]:
    """Give everything that is held, in the order of the slices."""
    return [_holdings[key] for key in sorted(_holdings)]


def from_the_roof_down() -> list[Holding]:
    """Give everything that is held, the slices that lean on others first: so it can be taken down."""
    return list(reversed(_holdings.values()))


def columns_naming_people() -> Iterator[Column[Any]]:
    """Give every column of the database that names a person."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name == "person" for key in column.foreign_keys):
                yield column


def answers_for(holding: Holding, column: Column[Any]) -> bool:
    """Tell whether a holding covers a column."""
    return bool({column.table.name, f"{column.table.name}.{column.name}"} & set(holding.tables))


def still_naming(person_id: int) -> list[str]:
    """Give the columns that still name a person, apart from those of holdings that nothing removes."""
    kept = [holding for holding in _holdings.values() if holding.erase is None]
    found = []
    for column in columns_naming_people():
        if any(answers_for(holding, column) for holding in kept):
            continue
        if db.session.scalar(select(exists().where(column == person_id))):
            found.append(f"{column.table.name}.{column.name}")
    return found
