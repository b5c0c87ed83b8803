"""What happens at the tables. Ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TablesShown:
    """An organiser lets all who look at an evening see the table plan."""

    evening_id: int
    by_id: int
