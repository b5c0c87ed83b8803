"""What may be said of an answer from everyday use."""

from __future__ import annotations

from collections.abc import Iterable
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


def may_say(kind: Kind, *, is_author: bool) -> bool:
    """Tell whether somebody may say it: that it works is for others than the author; a warning is for everybody."""
    return not (is_author and kind is Kind.WORKS)


def is_mended(*, tried: int, version: int) -> bool:
    """Tell whether the answer has been changed since somebody marked it."""
    return version > tried


def worst(kinds: Iterable[Kind]) -> Kind | None:
    """Give the gravest of some warnings."""
    found = set(kinds)
    return next((kind for kind in (Kind.DANGEROUS, Kind.OUTDATED) if kind in found), None)
