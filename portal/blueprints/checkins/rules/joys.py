"""Small joys: how long, and who may take one down."""

from __future__ import annotations

import hashlib

JOY_LONGEST = 280
KEY_SIGNS = 40


def key_of(form: str, *, text: str, to_id: int | None) -> str:
    """Make the key of what a form sends, so that the same form with other words is something else."""
    sent = f"{form}\0{to_id or 0}\0{text}"
    return hashlib.sha256(sent.encode("utf-8", "surrogatepass")).hexdigest()[:KEY_SIGNS]


def may_delete_joy(*, person_id: int, author_id: int) -> bool:
    """Tell whether somebody may take a joy down for good: the one who posted it."""
    return person_id == author_id
