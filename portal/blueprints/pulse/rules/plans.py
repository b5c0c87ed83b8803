"""Which cells a round may show. It follows from how many answered in each team, and from nothing else.

The rule is short, so that what a reader can conclude from seeing it applied can be written down exactly: the guard
(guard.py) counts that among what the reader knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.blueprints.pulse.rules import levels
from portal.blueprints.pulse.rules.levels import DESK


def shown_cells(*, asked: Mapping[int, int], answered: Mapping[int, int], k: int, turn: int) -> list[int]:
    """Give the cells to show, the desk first; none where there are too few answers.

    asked and answered: how many, by team; DESK stands for those without a team. A team is shown where k answers are
    counted in it. What the shown teams leave of the desk must be nobody, or as many: where it is fewer, the first of
    the teams in this week's order is not shown either.
    """
    least = levels.fewest(k)
    if not may_ever(sum(asked.values()), k=k) or sum(answered.values()) < least:
        return []
    enough = [team for team in order(asked, turn=turn) if may_ever(asked[team], k=k) and answered.get(team, 0) >= least]
    rest = [team for team in asked if asked[team] and team not in enough]
    if rest and sum(answered.get(team, 0) for team in rest) < least:
        enough = enough[1:]
    return [DESK, *sorted(enough)]


def may_ever(asked: int, *, k: int) -> bool:
    """Tell whether so many people may have a number of their own.

    «Shown» must not mean that everybody has answered, also not for the one among them who has not.
    """
    return asked > levels.fewest(k) + 1


def leaves_enough(asked: Mapping[int, int], *, shown: Sequence[int], k: int) -> bool:
    """Tell whether those in no shown team are nobody, or so many that they might have a number of their own."""
    rest = sum(size for team, size in asked.items() if team == DESK or team not in shown)
    return not rest or may_ever(rest, k=k)


def order(asked: Mapping[int, int], *, turn: int) -> Sequence[int]:
    """Give the teams in the order in which they stand back: another one is first each week, and everybody knows."""
    teams = sorted(team for team in asked if team != DESK)
    first = turn % len(teams) if teams else 0
    return [*teams[first:], *teams[:first]]
