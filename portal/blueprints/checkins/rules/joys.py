"""Small joys: how long, and who may take one down."""

from __future__ import annotations

JOY_LONGEST = 280


def may_delete_joy(*, person_id: int, author_id: int) -> bool:
    """Tell whether somebody may take a joy down for good: the one who posted it."""
    return person_id == author_id
