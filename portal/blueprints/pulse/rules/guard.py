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
from itertools import combinations
from random import Random

from portal.blueprints.pulse.rules import levels, plans, worlds
from portal.blueprints.pulse.rules.levels import DESK
from portal.blueprints.pulse.rules.worlds import Finding, Patience, Supposition, Week

WINDOW = 4  # so many weeks are looked at together: this one and those before it
MIDDLE = 3  # the level where nothing was said before
DRAWS = 4  # so many draws are tried before the levels are moved


def release(
    answers: Mapping[int, Sequence[int]], *, this: Week, before: Sequence[Week], chance: Random
) -> Mapping[int, int]:
    """Give the levels to publish, by cell. answers: by team; before: what earlier weeks published, the oldest first."""
    before, patience = before[-(WINDOW - 1) :], Patience()
    answered = {team: len(values) for team, values in answers.items()}
    cells = choose_cells(this, answered=answered, before=before, patience=patience)
    resting = rest(cells, before)
    tried: list[Mapping[int, int]] = []
    for said in _candidates(answers, cells, resting=resting, chance=chance) if cells else ():
        if said == resting:
            return said  # that this is safe was asked before anybody looked at an answer
        if said not in tried and is_safe([*before, replace(this, levels=said)], patience=patience):
            return said
        tried.append(said)
    return {}


def choose_cells(
    this: Week, *, answered: Mapping[int, int], before: Sequence[Week], patience: Patience | None = None
) -> Sequence[int]:
    """Choose the cells to show: as many as may be, before any level is known.

    Being shown may itself tell something: that a team has enough this week, and had not last week, can mean that the
    one who joined it has answered. So each choice is tried; the desk alone comes last. And each must have levels that
    may be said whatever was answered: else silence would tell that others had been drawn.
    """
    patience = patience or Patience()
    cells = plans.shown_cells(asked=this.asked, answered=answered, k=this.k, turn=this.turn)
    order = [team for team in plans.order(this.asked, turn=this.turn) if team in cells]
    fewer = [[cell for cell in cells if cell != team] for team in order]
    for shown in [cells, *fewer, cells[:1]] if cells else []:
        if plans.leaves_enough(this.asked, shown=shown, k=this.k) and _may_show(shown, this, before, patience):
            return shown
    return []


def _may_show(shown: Sequence[int], this: Week, before: Sequence[Week], patience: Patience) -> bool:
    weeks = [*before, replace(this, levels=dict.fromkeys(shown))]
    if any(finding.excluded for finding in findings(weeks, suppositions=[Supposition.STILL], patience=patience)):
        return False
    return is_safe([*before, replace(this, levels=rest(shown, before))], patience=patience)


def rest(cells: Iterable[int], before: Sequence[Week]) -> dict[int, int]:
    """Give what was last said of each cell, or else of the desk, or else the middle: everybody can know that."""
    last = {cell: level for week in before for cell, level in week.levels.items() if level}
    return {cell: last.get(cell, last.get(DESK, MIDDLE)) for cell in cells}


def _candidates(
    answers: Mapping[int, Sequence[int]], cells: Sequence[int], *, resting: Mapping[int, int], chance: Random
) -> Iterator[Mapping[int, int]]:
    """Draw the levels a few times; then let them move less than the answers have, from what was said before.

    Where a level leaps in a week in which somebody left, whoever supposes that all others are as they were would know
    which way that one pulled. A leap a step shorter can be anybody's.
    """
    for _ in range(DRAWS):
        drawn = draw(answers, cells, chance)
        yield drawn
    for less in range(1, len(levels.LEVELS)):
        yield {cell: _nearer(level, resting[cell], less) for cell, level in drawn.items()}


def _nearer(level: int, rest: int, steps: int) -> int:
    return max(rest, level - steps) if level > rest else min(rest, level + steps)


def draw(answers: Mapping[int, Sequence[int]], cells: Sequence[int], chance: Random) -> dict[int, int]:
    """Give the level of each cell; each leaves out one answer in eight by a draw of its own, so that none is missed.

    Whoever is left out of the number cannot be told from whoever is not: that also keeps the one who joins or leaves.
    """
    pools = {cell: list(answers.get(cell, ())) for cell in cells}
    pools[DESK] = [value for values in answers.values() for value in values]
    return {cell: levels.level(chance.sample(pools[cell], levels.counted(len(pools[cell])))) for cell in cells}


def is_safe(weeks: Sequence[Week], *, patience: Patience | None = None) -> bool:
    """Tell whether nobody can be singled out by the last of these weeks, together with those before it."""
    return not any(finding.excluded for finding in findings(weeks, patience=patience))


def findings(
    weeks: Sequence[Week], *, suppositions: Iterable[Supposition] = Supposition, patience: Patience | None = None
) -> Iterator[Finding]:
    """Look at every window that ends with the last week, and at each earlier week together with the last.

    A world that is still over a window is still, and steady, over each part of it: what is possible over the wider one
    needs no second look over the part, and what nothing agrees with over the part needs none over the wider.
    """
    patience = patience or Patience()
    for supposition in suppositions:
        possible, refuted = list[set[int]](), list[set[int]]()
        for window in _windows(weeks):
            here = set(window)
            if any(here <= wider for wider in possible) or any(part <= here for part in refuted):
                continue
            seen = [weeks[place] for place in window]
            finding = worlds.search(seen, supposition, patience)
            yield finding
            if not finding.is_refuted:
                possible.append(here)
            elif worlds.has_any(_all_held_back(seen), supposition, patience):
                yield from _held_back(seen, supposition, patience)
            else:
                refuted.append(here)


def _held_back(weeks: Sequence[Week], supposition: Supposition, patience: Patience) -> Iterator[Finding]:
    """Look once more where nothing agrees: the guard may have held something back, in one of the weeks or in several.

    What is possible where few weeks did is possible where more did: that needs no second look.
    """
    places = [place for place, week in enumerate(weeks) if week.may_be_held_back]
    possible: list[set[int]] = []
    for some in (each for size in range(1, len(places) + 1) for each in combinations(places, size)):
        if any(fewer <= set(some) for fewer in possible):
            continue
        finding = worlds.search(as_held_back(weeks, some), supposition, patience)
        yield finding
        if not finding.is_refuted:
            possible.append(set(some))


def _all_held_back(weeks: Sequence[Week]) -> list[Week]:
    return as_held_back(weeks, [place for place, week in enumerate(weeks) if week.may_be_held_back])


def as_held_back(weeks: Sequence[Week], places: Iterable[int]) -> list[Week]:
    """Suppose that in some weeks more could have been shown than was."""
    return [replace(week, is_held_back=place in places) for place, week in enumerate(weeks)]


def _windows(weeks: Sequence[Week]) -> list[tuple[int, ...]]:
    """Give them, the widest first and then the narrow ones; also without the weeks that said nothing.

    A reader can leave those out.
    """
    last = len(weeks) - 1
    windows = [tuple(range(start, last + 1)) for start in range(last + 1)] + [
        (start, last) for start in range(last - 1)
    ]
    spoke = [tuple(place for place in window if place == last or weeks[place].levels) for window in windows]
    widest, *others = dict.fromkeys([*windows, *spoke])
    return [widest, *sorted(others, key=len)]
