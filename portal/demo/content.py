"""Reads what the demo desk is made of."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from portal.core import clock

FOLDER = Path(__file__).parent / "content"
WRITTEN_FOR = time(13, 30)  # the hour that «minutes_ago» counts back from


def read(name: str) -> Any:
    """Read one file of the demo desk."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def moment(minutes_ago: int, *, now: datetime | None = None) -> datetime:
    """Say when something happened so many minutes ago; what is older than a day keeps to office hours.

    The texts were written as if it were half past one on a Thursday. At another hour, older things move with the clock
    on the wall, and what would fall in a weekend moves to the Friday before.
    """
    now = now or clock.now()
    if minutes_ago < 24 * 60:
        return now - timedelta(minutes=minutes_ago)
    wall = clock.wall(now).replace(hour=WRITTEN_FOR.hour, minute=WRITTEN_FOR.minute) - timedelta(minutes=minutes_ago)
    while wall.weekday() > 4:
        wall -= timedelta(days=1)
    return clock.at_wall(wall.date(), wall.time())
