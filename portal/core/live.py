"""Live updates: names of topics, told after commit. Each reader fetches what has changed, with their own rights."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sqlalchemy import text

from portal.core.db import after_commit, db, is_sqlite

if TYPE_CHECKING:
    from psycopg import Connection

    from portal.core.relay import Relay

log = logging.getLogger(__name__)

Listener = Callable[[str], None]
_listeners: list[Listener] = []
_relay: Relay | None = None
CHANNEL = "live"
# A word or two and a number: nothing that somebody has written fits in there.
NAME = re.compile(r"[a-z]{1,24}(-[a-z]{1,24})?(-[0-9]{1,18})?")
EVERYTHING = "*"  # what a listener is told who may have missed something
OF_THE_STREAM = frozenset({"here", "beat", "up", "poll"})  # told by the stream itself, and by the page


def is_name(topic: str) -> bool:
    """Tell whether this may be told at all."""
    return NAME.fullmatch(topic) is not None


def _must_be_names(topics: Iterable[str]) -> list[str]:
    names = list(topics)
    for name in names:
        if not is_name(name) or name in OF_THE_STREAM:
            raise ValueError("a topic is a kind and a number, and not one of the stream's own")  # quoting nothing
    return names


def travel_by(url: str) -> None:
    """Let names travel to other processes over Redis; with no address, PostgreSQL carries them, and SQLite need not."""
    global _relay
    if url == (_relay.url if _relay else ""):
        return
    if _relay:
        _relay.close(patience=0)
    _relay = None
    if url:
        from portal.core.relay import Relay  # Redis' library takes its time to import

        _relay = Relay(url)


def publish(topic: str) -> None:
    """Say that something under this name has changed: «questions», «evening-12», «person-3»."""
    publish_all([topic])


def publish_all(topics: Iterable[str]) -> None:
    """Say it of many names; one question to the database, however many there are."""
    names = _must_be_names(topics)
    if not names:
        return
    if _relay or is_sqlite():
        after_commit(lambda: _tell(names))
    else:
        # PostgreSQL keeps the notification back until the commit, drops it on rollback, and tells every process.
        told = text("SELECT pg_notify(:channel, topic) FROM unnest(CAST(:topics AS text[])) AS topic")
        db.session.execute(told, {"channel": CHANNEL, "topics": names})


def _tell(names: list[str]) -> None:
    for name in names:
        deliver(name)
    if _relay:
        _relay.send(names)


def subscribe(listener: Listener) -> Callable[[], None]:
    """Hear every topic in this process; give back what ends it."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def deliver(topic: str) -> None:
    """Hand a topic to the listeners of this process; what is no name goes no further, wherever it came from."""
    if topic != EVERYTHING and not is_name(topic):
        log.warning("live.not_a_name")
        return
    for listener in tuple(_listeners):
        listener(topic)


def travels_by_relay() -> bool:
    """Tell whether names travel over Redis."""
    return _relay is not None


def follow_relay(*, stop: threading.Event, ready: threading.Event | None = None) -> None:
    """Hear what other processes tell over Redis, until stopped; a lost connection is made again."""
    if _relay:
        _relay.follow(deliver, stop=stop, ready=ready)


def follow_database(
    url: str, *, on_job: Callable[[], None], stop: threading.Event, ready: threading.Event | None = None
) -> None:
    """Hear what other processes tell through PostgreSQL, until stopped; a lost connection is made again."""
    import psycopg  # a quarter of a second to import, and the embedded portal never needs it

    address = url.replace("postgresql+psycopg://", "postgresql://")
    is_again = False
    while not stop.is_set():
        try:
            with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
                _follow(connection, on_job=on_job, stop=stop, ready=ready, is_again=is_again)
        except psycopg.OperationalError:
            log.warning("live.connection_lost")
            is_again = True
            stop.wait(2)


def _follow(
    connection: Connection,
    *,
    on_job: Callable[[], None],
    stop: threading.Event,
    ready: threading.Event | None,
    is_again: bool,
) -> None:
    connection.execute("LISTEN live")
    connection.execute("LISTEN job")
    if ready:
        ready.set()
    if is_again:
        # What was told meanwhile is unknown: everybody looks again, now that nothing more can be missed.
        deliver(EVERYTHING)
        on_job()
    while not stop.is_set():
        for note in connection.notifies(timeout=1):
            if note.channel == CHANNEL:
                deliver(note.payload)
            else:
                on_job()
