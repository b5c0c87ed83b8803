"""Somebody who has left a trace in every table, made from the tables themselves: a new one is filled without asking."""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, String, Table, select

from portal.blueprints.people.models import Person
from portal.core.db import Base, UTCDateTime, db

MOMENT = datetime(2026, 12, 1, 16, tzinfo=UTC)
LATER = datetime(2026, 12, 1, 19, tzinfo=UTC)
SHORTEST = 8  # a word that can be told from chance
LONG = 100  # from here on a column holds words, and no state, key or mark
# What the database or the code wants of a column besides its type.
WANTED: dict[str, Any] = {
    "answer.state": "open",
    "booking.state": "confirmed",
    "booking.ends_at": LATER,
    "draft.sealed": b"",
    "evening.ends_at": LATER,
    "evening.kind": "board_games",
    "evening_follow.kind": "cinema",
    "evening.own_title": "Brettspelkveld",
    "evening.state": "planned",
    "film_poll.state": "open",
    "film_showing.starts_at": LATER,
    "flag.reason": "other",
    "help_call.state": "over",
    "incident.closed_at": LATER,
    "mail.state": "waiting",
    "notice.endpoint": "questions.index",
    "notice.kind": "questions.answered",
    "notice.params": {"title": "Kven har nøkkelen"},
    "notice.values": {},
    "person.contrast": "",
    "proposal.kind": "other",
    "proposal.state": "waiting",
    "series.kind": "board_games",
    "series.frequency": "weekly",
    "series.timezone": "Europe/Oslo",
    "shift.ends_at": LATER,
    "skill.level": "knows",
    "talk.whom": "one",
    "transfer.way": "merge",
}
# What must stand beside a column that names a person.
BESIDE: dict[str, dict[str, Any]] = {"checkin.reader_id": {"shared_until": LATER}}
NEEDS_A_PARENT = {"flag.person_id": "question_id"}
LEFT_OUT = frozenset({"erasure"})  # made by the erasure itself
# The person stands beside in these rows: the words in them are somebody else's.
BESIDE_ANOTHER = frozenset(
    {
        "checkin.reader_id",
        "joy.to_id",
        "notice.actor_id",
        "proposal.answered_by_id",
        "question.addressee_id",
        "question.claimed_by_id",
    }
)
ALWAYS_NEW = frozenset({"evening"})  # has one of many things
NAMED_FIRST = frozenset({"coffee_pair.high_id"})  # the other one has the lower number


class Filler:
    """Writes rows that name a person, with a word of its own in every column of text.

    Needs three others: one who came before, one who came after, and whoever owns what the rows hang on.
    """

    def __init__(self, person: Person, *, before: Person, after: Person, owner: Person) -> None:
        self.person, self.before, self.other, self.owner = person, before, after, owner
        self.words: dict[str, str] = {}
        self._parents: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count(9000)
        self._letters = itertools.product(string.ascii_lowercase, repeat=SHORTEST - 2)

    def fill(self) -> None:
        """Leave a trace in every column of the database that names a person."""
        for table in (each for each in Base.metadata.sorted_tables if each.name not in LEFT_OUT):
            for column in _naming(table):
                if not self._is_there(column):
                    self._add(table, column)

    def _is_there(self, column: Column[Any]) -> bool:
        return db.session.scalar(select(column).where(column == self.person.id).limit(1)) is not None

    def _add(self, table: Table, column: Column[Any]) -> None:
        name = f"{table.name}.{column.name}"
        other = self.before if name in NAMED_FIRST else self.other
        values = {each.name: other.id for each in _naming(table) if not each.nullable}
        values |= {**BESIDE.get(name, {}), column.name: self.person.id}
        if name in NEEDS_A_PARENT:
            parent = table.columns[NEEDS_A_PARENT[name]]
            values[parent.name] = self._parent_of(parent)
        self._insert(table, values, is_theirs=name not in BESIDE_ANOTHER)

    def _insert(self, table: Table, values: dict[str, Any], *, is_theirs: bool) -> dict[str, Any]:
        for column in table.columns:
            if column.name not in values and not (column.primary_key and column.autoincrement is True):
                made = self._made(table, column, is_theirs=is_theirs)
                if made is not None:
                    values[column.name] = made
        made = db.session.execute(table.insert().values(values)).inserted_primary_key
        return values | dict(zip((column.name for column in table.primary_key), made or (), strict=False))

    def _made(self, table: Table, column: Column[Any], *, is_theirs: bool) -> Any:
        name = f"{table.name}.{column.name}"
        if column.foreign_keys:
            return None if column.nullable else self._parent_of(column)
        if name in WANTED:
            return WANTED[name]
        if is_theirs and _takes_words(column):
            return self._word(name, column)
        return None if column.default is not None or column.nullable else self._plain(column)

    def _parent_of(self, column: Column[Any]) -> Any:
        key = next(iter(column.foreign_keys)).column
        if key.table.name == "person":
            return self.owner.id
        if key.table.name not in self._parents or key.table.name in ALWAYS_NEW:
            own = {each.name: self.owner.id for each in _naming(key.table) if not each.nullable}
            self._parents[key.table.name] = self._insert(key.table, own, is_theirs=False)
        return self._parents[key.table.name][key.name]

    def _word(self, name: str, column: Column[Any]) -> Any:
        length = getattr(column.type, "length", None)
        if length is not None and length < SHORTEST:
            return self._plain(column)
        word = self.words[name] = "qz" + "".join(next(self._letters))
        if isinstance(column.type, LargeBinary):
            return word.encode()
        return {"word": word} if isinstance(column.type, JSON) else word

    def _plain(self, column: Column[Any]) -> Any:
        if isinstance(column.type, UTCDateTime):
            return MOMENT
        if isinstance(column.type, JSON):
            return {}
        python = column.type.python_type
        some = {bool: False, str: f"x{next(self._numbers)}"[-(getattr(column.type, "length", None) or 20) :]}
        some |= {bytes: b"x", date: MOMENT.date(), time: MOMENT.time()}
        return next(self._numbers) if python is int and column.primary_key else some.get(python, 1)


def _naming(table: Table) -> Iterator[Column[Any]]:
    yield from (each for each in table.columns if any(key.column.table.name == "person" for key in each.foreign_keys))


def _takes_words(column: Column[Any]) -> bool:
    """Tell whether somebody's words may stand there: what may be left out is written to only where it is long."""
    if not isinstance(column.type, String | LargeBinary | JSON):
        return False
    is_left_out = column.default is not None or column.nullable
    length = getattr(column.type, "length", None)
    return not is_left_out or (not isinstance(column.type, JSON) and (length is None or length >= LONG))
