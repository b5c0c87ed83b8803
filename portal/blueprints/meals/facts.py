"""What happens to meals. Ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class MealOffered:
    """There is food on an evening, for those who come to it."""

    meal_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class MealCalledOff:
    """There will be no food; these had said that they would eat."""

    evening_id: int
    by_id: int
    person_ids: tuple[int, ...]
