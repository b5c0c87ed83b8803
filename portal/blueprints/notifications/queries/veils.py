"""Nameless acts: everybody who follows gets the same line, and only the portal's keys tell whose own act it counts.

Leaving the author out would name them: one follower without the line that all others have, or without its mail. So the
author has the line like everybody, with a mark that their keyed digest fits; it is not shown to them and not mailed,
and noted as mailed like the others'. A copy of the database without the keys tells nothing.
"""

from __future__ import annotations

import secrets

from portal.blueprints.notifications.models import Notice
from portal.core import sealing

CONTEXT = "notifications.veil"
NONCE, MARK = 16, 32


def veil(person_id: int) -> str:
    """Make the mark of one nameless act by this person."""
    nonce = secrets.token_hex(NONCE // 2)
    return f"{nonce}{_marks(nonce, person_id)[0]} "


def _marks(nonce: str, person_id: int) -> list[str]:
    return [mark[:MARK] for mark in sealing.marks(f"{nonce}:{person_id}", context=CONTEXT)]


def own_acts(veils: str, person_id: int) -> int:
    """Count the nameless acts that are this person's own."""
    return sum(mark[NONCE:] in _marks(mark[:NONCE], person_id) for mark in veils.split())


def news(notice: Notice) -> int:
    """Count what a notice has to tell its receiver: everything but their own nameless acts."""
    return notice.count - own_acts(notice.veils, notice.person_id)
