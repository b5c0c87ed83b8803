"""What may be said of an answer from everyday use."""

from __future__ import annotations

from enum import StrEnum

REASON_LONGEST = 500


class Kind(StrEnum):
    """What somebody says who has tried it."""

    WORKS = "works"
    OUTDATED = "outdated"
    DANGEROUS = "dangerous"


def needs_reason(kind: Kind) -> bool:
    """Tell whether the others must hear why."""
    return kind is not Kind.WORKS
