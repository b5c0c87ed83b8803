"""Bounds on how often something may be done, counted in the database so that all processes share them."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from sqlalchemy import String, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import clock, sealing
from portal.core.db import Base, db, is_sqlite
from portal.core.errors import TooMany
from portal.core.i18n import N_

A_LOT = N_("That was a lot at once. Wait a little and try again.")
MOST_SEEN = 10_000
_seen: dict[tuple[str, str, float], int] = {}
_lock = threading.Lock()


class Throttle(Base):
    """How often one thing was done in one window of time."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]


def hit(name: str, who: str, *, limit: int, per: timedelta) -> None:
    """Count once; raise TooMany past the limit. Who (an address, an account) is stored as a digest only."""
    moment = clock.now()
    window, elapsed = divmod(moment.timestamp(), per.total_seconds())
    # Keyed: whoever has a copy of the database cannot try every colleague and learn who wrote something in that hour.
    key = sealing.marks(f"{who}\0{window:.0f}", context=f"throttle:{name}")[0]
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    counted = (
        insert(Throttle)
        .values(key=key, until=moment + per, count=1)
        .on_conflict_do_update(index_elements=[Throttle.key], set_={"count": Throttle.count + 1})
        .returning(Throttle.count)
    )
    if (db.session.scalar(counted) or 0) > limit:
        wait = per - timedelta(seconds=elapsed)
        raise TooMany(A_LOT, wait=wait)


def hit_here(name: str, who: str, *, limit: int, per: timedelta) -> None:
    """Count once in the memory of this process: for what is only read, where nothing may be written."""
    window, elapsed = divmod(clock.now().timestamp(), per.total_seconds())
    key = (name, who, window)
    with _lock:
        if len(_seen) >= MOST_SEEN:
            _seen.clear()  # a flood of names, or a month of quiet use: everybody begins anew
        _seen[key] = count = _seen.get(key, 0) + 1
    if count > limit:
        raise TooMany(A_LOT, wait=per - timedelta(seconds=elapsed))


def forget_here() -> None:
    """Let everybody in this process begin anew."""
    with _lock:
        _seen.clear()


def forget_old() -> None:
    """Delete the windows that have passed."""
    db.session.execute(delete(Throttle).where(Throttle.until < clock.now()))
