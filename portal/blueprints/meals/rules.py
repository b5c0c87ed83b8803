"""Diets, and how they become totals in which nobody is named."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Diet(StrEnum):
    """What somebody does not eat."""

    VEGETARIAN = "vegetarian"
    VEGAN = "vegan"
    HALAL = "halal"
    NO_PORK = "no_pork"
    NO_GLUTEN = "no_gluten"
    NO_LACTOSE = "no_lactose"
    NO_MILK = "no_milk"
    NO_EGG = "no_egg"
    NO_NUTS = "no_nuts"
    NO_FISH = "no_fish"
    NO_SHELLFISH = "no_shellfish"


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What one person does not eat: diets that are known, and what they write themselves."""

    diets: frozenset[Diet] = frozenset()
    other: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether they eat everything."""
        return not self.diets and not self.other

    def written(self) -> str:
        """Write it for sealing."""
        return json.dumps({"diets": sorted(self.diets), "other": self.other}, ensure_ascii=False)

    @staticmethod
    def read(written: str) -> Needs:
        """Read what was sealed. A diet that is not known any more is left out."""
        kept = json.loads(written)
        known = frozenset(Diet(diet) for diet in kept["diets"] if diet in set(Diet))
        return Needs(diets=known, other=kept["other"])


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What a kitchen needs to know: how many of each, and nobody's name."""

    diets: Sequence[tuple[Diet, int]]
    others: Sequence[str]

    @property
    def is_empty(self) -> bool:
        """Tell whether everybody eats everything."""
        return not self.diets and not self.others


def totals(needs: Iterable[Needs]) -> Totals:
    """Add up. The order is that of the list and of the alphabet: it says nothing of who came first."""
    all_needs = list(needs)
    counted = Counter(diet for each in all_needs for diet in each.diets)
    others = sorted((each.other for each in all_needs if each.other), key=str.casefold)
    return Totals(diets=[(diet, counted[diet]) for diet in Diet if counted[diet]], others=others)


def free(capacity: int | None, eaters: int) -> int | None:
    """Tell how many more can eat; None where there is no bound."""
    return None if capacity is None else max(0, capacity - eaters)
