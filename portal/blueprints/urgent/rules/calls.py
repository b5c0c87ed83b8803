"""What a call for help is and may become. Values only."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """How far a call has come."""

    RINGING = "ringing"
    TAKEN = "taken"
    OVER = "over"


class Ending(StrEnum):
    """How a call came to its end."""

    SOLVED = "solved"
    CANCELLED = "cancelled"  # by who raised the hand, before anybody came
    NOBODY = "nobody"  # it rang in vain
    JOINED = "joined"  # it was the big incident, and follows that


class TalkBy(StrEnum):
    """How somebody likes to be spoken with."""

    TEAMS = "teams"
    PHONE = "phone"
