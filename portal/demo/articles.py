"""The knowledge of the demo desk: a large base when one is at hand, and always a few articles of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from portal.blueprints.people.models import Person


def make_articles(people: Mapping[str, Person], knowledge: Path | None) -> None:
    """Make the articles."""
