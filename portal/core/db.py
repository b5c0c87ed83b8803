"""The database: declarative base, moments in UTC, and transaction(), the only place that commits."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.types import TypeDecorator

from portal.core import clock
from portal.core.turns import Turns

BUSY_SECONDS = 15
BUSY_TIMEOUT = f"busy_timeout={BUSY_SECONDS * 1000}"
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    BUSY_TIMEOUT,
    "cache_size=-16000",
    # What is deleted is overwritten; FAST would leave the pages of long texts as they were. A deletion takes half as
    # long again (some 50 µs), and nothing else anything.
    "secure_delete=ON",
)
NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: refuses naive values on the way in, gives aware UTC on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True
    python_type = datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse what has no time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone was about to be stored")
        value = value.astimezone(UTC)
        # SQLite keeps text: one shape only, so that comparing text compares moments.
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Say again that it is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every model inherits; the type map sits in the registry, which Flask-SQLAlchemy does not copy."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={datetime: UTCDateTime},
    )


class Timestamped:
    """Adds when a row was made."""

    created_at: Mapped[datetime] = mapped_column(default=clock.now)


db = SQLAlchemy(model_class=Base)

# True while the current request, job or command means to write. SQLite then takes its write lock at BEGIN: waiting
# there is patient, while turning a read into a write half-way fails at once when somebody else has written meanwhile.
_writes: ContextVar[bool] = ContextVar("writes", default=False)


def expect_writes(expected: bool = True) -> None:
    """Say before the first query of a request that it is going to write."""
    _writes.set(expected)


def after_commit(callback: Callable[[], None]) -> None:
    """Run something once the current transaction is committed; never if it is undone."""
    db.session.info.setdefault("after_commit", []).append(callback)


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit what is done inside, or undo all of it. Used by @commits, the worker and the command line only."""
    session = db.session()
    token = _writes.set(True)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        session.info.pop("after_commit", None)
        raise
    finally:
        _writes.reset(token)
    with ExitStack() as stack:  # one that fails does not keep the others from hearing
        for callback in reversed(session.info.pop("after_commit", [])):
            stack.callback(callback)


def empty_journal() -> None:
    """Write SQLite's journal back and empty it: until then it holds what was deleted as it was before.

    Where somebody reads just then it is left for another time, instead of letting those who write wait.
    """
    if not is_sqlite():
        return
    connection = db.engine.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=200")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute(f"PRAGMA {BUSY_TIMEOUT}")
    finally:
        connection.close()


def is_sqlite() -> bool:
    """Tell whether the database of this app is SQLite."""
    return db.engine.dialect.name == "sqlite"


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        # SQLite's own knows the letters of English only: «øyvind» would not find Øyvind.
        connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: str | float | bytes | None) -> str | float | bytes | None:
    return value.lower() if isinstance(value, str) else value


# Who waits for SQLite's lock looks again and again, with ever longer pauses, and whoever comes later may have it first:
# with eight at once, one in twenty waited for a second. Inside one process they go in in the order in which they came.
_turns: WeakKeyDictionary[Pool, Turns] = WeakKeyDictionary()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    if not _writes.get():
        connection.exec_driver_sql("BEGIN")
        return
    turns = _turns.setdefault(connection.engine.pool, Turns())
    if "turns" not in connection.info and turns.take(patience=BUSY_SECONDS):
        connection.info["turns"] = turns
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@event.listens_for(Pool, "checkin")
def _give_turn(_connection: object, record: ConnectionPoolEntry) -> None:
    turns: Turns | None = record.info.pop("turns", None)  # what was written is committed, or undone
    if turns:
        turns.give()


def engine_options(url: str) -> dict[str, Any]:
    """Give the engine its bounds: pool, time-outs, and one connection per thread on SQLite."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": BUSY_SECONDS}}
    bounds = {"statement_timeout": 15000, "idle_in_transaction_session_timeout": 30000, "lock_timeout": 10000}
    options = " ".join(f"-c {name}={value}" for name, value in bounds.items()) + " -c timezone=UTC"
    connect = {"options": options, "connect_timeout": 5}
    return {"pool_size": 10, "max_overflow": 10, "pool_pre_ping": True, "connect_args": connect}
