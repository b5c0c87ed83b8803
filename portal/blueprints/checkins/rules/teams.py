"""The team's wall: who sees what was said to a team, how long it hangs there, and the signs one may answer with."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

TEAM_LASTS = timedelta(days=14)


class Sign(StrEnum):
    """What one may answer with, without words."""

    HEART = "heart"
    HERE = "here"


def may_see(*, team_id: int | None, author_id: int, viewer_id: int, viewer_team_id: int | None) -> bool:
    """Tell whether somebody sees what was said to a team: its author, and who is in that team. No role opens it.

    Who is in no team talks to the whole desk.
    """
    return author_id == viewer_id or team_id is None or team_id == viewer_team_id


def may_sign(*, author_id: int, viewer_id: int) -> bool:
    """Tell whether somebody may answer: everybody but the author."""
    return author_id != viewer_id


def place(checkin_id: str, *, author_id: int) -> str:
    """Name the place that a text is sealed for."""
    return f"team-checkin:{checkin_id}:author:{author_id}"
