"""Who looks: the little that core and queries need to know of a person."""

from __future__ import annotations

from typing import Protocol


class Viewer(Protocol):
    """Somebody who is signed in."""

    @property
    def id(self) -> int:
        """Give the person's id."""

    @property
    def locale(self) -> str:
        """Give the language the person reads: nn, nb or en."""

    def may(self, permission: str) -> bool:
        """Tell whether the person holds a permission such as «events.organise»."""
