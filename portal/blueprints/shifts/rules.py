"""What a person at work is, from values only."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a line of the rota says of a span of time."""

    WORK = "work"
    LEAVE = "leave"


class Availability(StrEnum):
    """Whether somebody at work can be disturbed, by their own word."""

    AVAILABLE = "available"
    ON_CALL = "on_call"  # speaks with somebody
    AWAY = "away"
