"""Patterns for tests."""

from __future__ import annotations

from portal.blueprints.references import service
from portal.blueprints.references.models import ReferencePattern
from portal.blueprints.references.rules.patterns import Case
from portal.blueprints.references.service import Draft


def draft(**values: object) -> Draft:
    """Say what a pattern for asset numbers is, but for what is said otherwise."""
    said: dict[str, object] = {
        "name": "Utstyr",
        "pattern": r"\bPC-(?P<number>[0-9]{5})\b",
        "url": "https://utstyr.example/{number}",
        "cases": (Case(text="PC-10482", links=("https://utstyr.example/10482",)),),
        **values,
    }
    return Draft(**said)  # type: ignore[arg-type]


def make_pattern(viewer: object, **values: object) -> ReferencePattern:
    """Add a pattern."""
    return service.add(viewer, draft(**values))  # type: ignore[arg-type]
