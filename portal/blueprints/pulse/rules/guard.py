"""What a round may say: levels that single nobody out, together with all that was said before.

Which cells are shown follows from how many answered (plans.py) and from what is public, never from what was answered:
it is settled before any level is looked at. Which levels they show follows from the answers, but only levels are said
that pass the programme (worlds.py): each person can have said each of the six things, whatever of it a reader supposes.
That is a question to the roster and to what is public: anybody could work out which levels are safe. So levels that are
not can be drawn anew, or moved, without telling anything. And every world that the programme finds is one in which just
this would have been published: a reader who knows all of this, too, cannot rule it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random

from portal.blueprints.pulse.rules import levels, plans, worlds
from portal.blueprints.pulse.rules.levels import DESK
from portal.blueprints.pulse.rules.worlds import Finding, Supposition, Week

WINDOW = 4  # so many weeks are looked at together: this one and those before it
DRAWS = 4  # so many draws are tried before the levels are moved


def release(
    answers: Mapping[int, Sequence[int]], *, this: Week, before: Sequence[Week], chance: Random
) -> Mapping[int, int]:
    """Give the levels to publish, by cell. answers: by team; before: what earlier weeks published, the oldest first."""
    before = before[-(WINDOW - 1) :]
    cells = choose_cells(this, answered={team: len(values) for team, values in answers.items()}, before=before)
    tried: list[Mapping[int, int]] = []
    for said in _candidates(answers, cells, before=before, chance=chance) if cells else ():
        if said not in tried and is_safe([*before, replace(this, levels=said)]):
            return said
        tried.append(said)
    return {}


def choose_cells(this: Week, *, answered: Mapping[int, int], before: Sequence[Week]) -> Sequence[int]:
    """Choose the cells to show: as many as may be, before any level is known.

    Being shown may itself tell something: that a team has enough this week, and had not last week, can mean that the
    one who joined it has answered. So each choice is tried; the desk alone comes last.
    """
    cells = plans.shown_cells(asked=this.asked, answered=answered, k=this.k, turn=this.turn)
    order = [team for team in plans.order(this.asked, turn=this.turn) if team in cells]
    fewer = [[cell for cell in cells if cell != team] for team in order]
    for shown in [cells, *fewer, cells[:1]] if cells else []:
        weeks = [*before, replace(this, levels=dict.fromkeys(shown))]
        if not any(finding.excluded for finding in findings(weeks, suppositions=[Supposition.STILL])):
            return shown
    return []


def _candidates(
    answers: Mapping[int, Sequence[int]], cells: Sequence[int], *, before: Sequence[Week], chance: Random
) -> Iterator[Mapping[int, int]]:
    """Draw the levels a few times; then let them move less than the answers have, from what was said before.

    Where a level leaps in a week in which somebody left, whoever supposes that all others are as they were would know
    which way that one pulled. A leap a step shorter can be anybody's.
    """
    for _ in range(DRAWS):
        drawn = draw(answers, cells, chance)
        yield drawn
    rest = {cell: level for week in before for cell, level in week.levels.items() if level}
    rests = {cell: rest.get(cell, rest.get(DESK, drawn[DESK])) for cell in cells}
    for less in range(1, len(levels.LEVELS)):
        yield {cell: _nearer(level, rests[cell], less) for cell, level in drawn.items()}


def _nearer(level: int, rest: int, steps: int) -> int:
    return max(rest, level - steps) if level > rest else min(rest, level + steps)


def draw(answers: Mapping[int, Sequence[int]], cells: Sequence[int], chance: Random) -> dict[int, int]:
    """Give the level of each cell; each leaves out one answer in eight by a draw of its own, so that none is missed.

    Whoever is left out of the number cannot be told from whoever is not: that also keeps the one who joins or leaves.
    """
    pools = {cell: list(answers.get(cell, ())) for cell in cells}
    pools[DESK] = [value for values in answers.values() for value in values]
    return {cell: levels.level(chance.sample(pools[cell], levels.counted(len(pools[cell])))) for cell in cells}


def is_safe(weeks: Sequence[Week]) -> bool:
    """Tell whether nobody can be singled out by the last of these weeks, together with those before it."""
    return not any(finding.excluded for finding in findings(weeks))


def findings(weeks: Sequence[Week], *, suppositions: Iterable[Supposition] = Supposition) -> Iterator[Finding]:
    """Look at every window that ends with the last week, and at each earlier week together with the last.

    A world that is still over a window is still, and steady, over each part of it: that needs no second look.
    """
    possible: list[set[int]] = []
    for supposition in suppositions:
        for window in _windows(len(weeks)):
            if any(set(window) <= wider for wider in possible):
                continue
            finding = worlds.search([weeks[place] for place in window], supposition)
            yield finding
            if not finding.is_refuted:
                possible.append(set(window))


def _windows(weeks: int) -> list[list[int]]:
    last = weeks - 1
    return [list(range(start, weeks)) for start in range(weeks)] + [[start, last] for start in range(last - 1)]
