"""What the slice asks of a database engine, and of whoever looks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from portal.blueprints.search.rules.parsing import Wanted
from portal.blueprints.search.rules.ranking import Candidate


class Reader(Protocol):
    """Somebody who looks for something: a viewer whose roles are known."""

    @property
    def id(self) -> int:
        """Give the person's id."""

    @property
    def locale(self) -> str:
        """Give the language the person reads."""

    @property
    def roles(self) -> Collection[str]:
        """Give the roles the person has."""

    def may(self, permission: str) -> bool:
        """Tell whether the person holds a permission."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What may be found: the audiences the reader belongs to, and the kinds that are looked for (None: all)."""

    audiences: tuple[str, ...]
    kinds: tuple[str, ...] | None = None
    exclude: tuple[str, int] | None = None


class Index(Protocol):
    """One engine's index over search_document, kept in step inside the caller's transaction."""

    def add(self, ids: Sequence[int]) -> None:
        """Put documents into the index as they stand in their rows now."""

    def remove(self, ids: Sequence[int]) -> None:
        """Take documents out, before their rows are changed or deleted."""

    def candidates(self, wanted: Wanted, scope: Scope, *, limit: int, most: int) -> list[Candidate]:
        """Bring the most promising of at most so many newest documents that hold any of what is wanted."""

    def resembling(self, wanted: Wanted, scope: Scope, *, limit: int) -> list[Candidate]:
        """Bring documents that may hold words spelled alike; spelling.py says which do."""

    def sweep(self) -> None:
        """Remove what deletions have left behind in the engine's own files, and let it see what it holds now."""
