"""The worlds that agree with what was published, as an integer programme.

It takes the part of a reader who knows who was asked in which team in each week, all levels that were published and are
about to be, and the rules by which they came about. Persons with the same way through the teams cannot be told apart
and are one class. A claim is that a person of a class said one of six things: 1 to 5, or nothing. The programme looks
for a world in which the claim is true and which agrees with everything that the reader knows.

Weeks speak of one another only by what such a reader supposes. STILL: nobody changed anything, not even whether they
answered. STEADY: whoever answered gave the same answer each week. Any weaker supposition allows more worlds. Where a
supposition agrees with nothing that was published, it is refuted, and the reader learns no more by it: unless the guard
may have held something back in one of the weeks (Week.is_held_back), which a reader would try next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import highspy

from portal.blueprints.pulse.rules import levels, plans
from portal.blueprints.pulse.rules.levels import BOUNDS, DESK, ONE_IN, VALUES, Bounds

NOTHING = 0
SAID = (NOTHING, *VALUES)
LONGEST = 10.0  # seconds for one search; what is not known then counts as not safe
PATIENCE = 60.0  # seconds for all searches of a round together; after that nothing counts as safe any more
Way = tuple[int | None, ...]  # the team of a person in each week of a window; None: not asked
Claim = tuple[Way, int]  # somebody of this class said that
Terms = dict[int, float]


@dataclass
class Patience:
    """The seconds of searching that are left for a round. When they are used up, every claim counts as impossible."""

    left: float = field(default_factory=lambda: PATIENCE)

    def spend(self, seconds: float) -> None:
        """Take off what a search has taken."""
        self.left = max(0.0, self.left - seconds)


class Supposition(StrEnum):
    """What a reader may suppose about several weeks."""

    STILL = "still"
    STEADY = "steady"


@dataclass(frozen=True, kw_only=True)
class Week:
    """All that a reader knows of one round: who was asked in which team, the levels shown, and the order of teams.

    A level of None: it is known that the cell is to be shown, and nothing more.
    """

    turn: int
    k: int
    roster: Mapping[str, int]
    levels: Mapping[int, int | None]
    is_held_back: bool = False  # supposed by the reader: more could have been shown, by the counts, than the guard let

    @property
    def may_be_held_back(self) -> bool:
        """Tell whether there is anything here that the guard can have held back."""
        if not self.levels:
            return plans.may_ever(sum(self.asked.values()), k=self.k)
        return any(
            team != DESK and team not in self.levels and plans.may_ever(asked, k=self.k)
            for team, asked in self.asked.items()
        )

    @cached_property
    def fewest(self) -> int:
        """Tell how many answers a shown cell has at the least."""
        return levels.fewest(self.k)

    @cached_property
    def asked(self) -> Mapping[int, int]:
        """Count those asked, by team."""
        return Counter(self.roster.values())


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What the programme found: the claims that no world allows; none at all where the supposition is refuted."""

    is_refuted: bool
    excluded: frozenset[Claim]


def search(weeks: Sequence[Week], supposition: Supposition, patience: Patience | None = None) -> Finding:
    """Search a world for each claim about somebody."""
    with _world(weeks, supposition, patience or Patience()) as world:
        if not world.has_any():
            return Finding(is_refuted=True, excluded=frozenset())
        return Finding(is_refuted=False, excluded=frozenset(world.impossible()))


def has_any(weeks: Sequence[Week], supposition: Supposition, patience: Patience) -> bool:
    """Tell whether any world agrees with what was published. Not knowing in time counts as one."""
    with _world(weeks, supposition, patience) as world:
        return world.has_any()


@contextmanager
def _world(weeks: Sequence[Week], supposition: Supposition, patience: Patience) -> Iterator[_World]:
    world = _World(weeks=weeks, supposition=supposition, seconds=min(LONGEST, patience.left))
    yield world
    patience.spend(world.highs.getRunTime())


@dataclass
class _World:
    """The integer programme: how many of each class said what, who of them answered, and who was counted."""

    weeks: Sequence[Week]
    supposition: Supposition
    seconds: float  # the clock of the programme runs on from one question to the next: these are for all of them
    highs: highspy.Highs = field(init=False)
    classes: Mapping[Way, int] = field(init=False)
    said: dict[Claim, int] = field(init=False, default_factory=dict)
    answers: dict[tuple[int, int, int], int] = field(init=False, default_factory=dict)  # week, team, value
    open_claims: dict[Claim, int] = field(init=False, default_factory=dict)
    claims: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False),
            ("log_to_console", False),
            ("threads", 1),
            ("random_seed", 1),
            ("mip_rel_gap", 10.0),  # any world will do
            ("time_limit", self.seconds),
        ):
            self.highs.setOptionValue(option, value)
        self.classes = _classes(self.weeks)
        self._people()
        for number in range(len(self.weeks)):
            self._week(number)

    def has_any(self) -> bool:
        """Tell whether any world agrees with what was published. Not knowing counts as one: then claims are missing."""
        return self._run() is not False

    def impossible(self) -> list[Claim]:
        """Give the claims that no world was found for: one world answers for many of them."""
        self._claims()
        missing = []
        while self.open_claims:
            self._wish_for(self.open_claims)
            if not (self._run() and self._strike()):  # the wish brought nothing more
                missing += self._one_by_one()
        return missing

    def _one_by_one(self) -> list[Claim]:
        """Demand one claim, where wishing for many has found nothing more. Not knowing in time counts as impossible."""
        claim, variable = next(iter(self.open_claims.items()))
        self._wish_for({})
        self.highs.changeColBounds(variable, 1, 1)
        is_possible = self._run()
        if is_possible:
            self._strike()
        self.highs.changeColBounds(variable, 0, 1)
        self.open_claims.pop(claim, None)
        return [] if is_possible else [claim]

    def _wish_for(self, claims: Mapping[Claim, int]) -> None:
        for variable in self.claims:
            self.highs.changeColCost(variable, 0)
        for variable in claims.values():
            self.highs.changeColCost(variable, -1)

    def _strike(self) -> int:
        values = self.highs.getSolution().col_value
        done = [claim for claim, variable in self.open_claims.items() if values[variable] > 0.5]
        for claim in done:
            del self.open_claims[claim]
        return len(done)

    def _run(self) -> bool | None:
        self.highs.run()
        status = self.highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return False
        has_solution = self.highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        return True if has_solution else None

    def _claims(self) -> None:
        for (way, value), said in self.said.items():
            claim = self._variable(1)
            self.open_claims[way, value] = claim
            self._at_least({said: 1.0, claim: -1.0}, 0)
            for number, team in enumerate(way):
                if value != NOTHING and team is not None:
                    self._at_least({self.answers[number, team, value]: 1.0, claim: -1.0}, 0)
        self.claims = list(self.open_claims.values())

    def _people(self) -> None:
        for way, size in self.classes.items():
            self.said |= {(way, value): self._variable(size) for value in SAID}
            self._exactly({self.said[way, value]: 1.0 for value in SAID}, size)

    def _week(self, number: int) -> None:
        week = self.weeks[number]
        for team in week.asked:
            self._answers(number, team)
        if not week.levels:
            self._silent(number)
            return
        for cell, level in week.levels.items():
            self._shown(number, cell, level)
        self._hidden(number)

    def _silent(self, number: int) -> None:
        """Where nothing is said, too few have answered; or enough, and it was held back."""
        week = self.weeks[number]
        if week.is_held_back:
            self._at_least(self._answered(number, week.asked), week.fewest)
        elif plans.may_ever(sum(week.asked.values()), k=week.k):
            self._between(self._answered(number, week.asked), 0, week.fewest - 1)

    def _answers(self, number: int, team: int) -> None:
        asked = self.weeks[number].asked[team]
        for value in VALUES:
            answers = self.answers[number, team, value] = self._variable(asked)
            there: Terms = {self.said[way, value]: 1.0 for way in self.classes if way[number] == team}
            if self.supposition == Supposition.STILL:
                self._exactly({**there, answers: -1.0}, 0)
            else:
                self._at_least({**there, answers: -1.0}, 0)

    def _answered(self, number: int, teams: Sequence[int] | Mapping[int, int]) -> Terms:
        return {self.answers[number, team, value]: 1.0 for team in teams for value in VALUES}

    def _shown(self, number: int, cell: int, level: int | None) -> None:
        """Enough have answered, and the mean of those who were counted lies in the level."""
        week = self.weeks[number]
        teams = list(week.asked) if cell == DESK else [cell]
        self._at_least(self._answered(number, teams), week.fewest)
        if level is not None:
            self._mean(BOUNDS[level], self._counted(number, teams))

    def _counted(self, number: int, teams: Sequence[int]) -> Mapping[int, int]:
        """One answer in eight was left out of the number, whoever's that was."""
        most = sum(self.weeks[number].asked[team] for team in teams)
        counted = {value: self._variable(most) for value in VALUES}
        for value, variable in counted.items():
            self._at_least({**{self.answers[number, team, value]: 1.0 for team in teams}, variable: -1.0}, 0)
        answered = self._answered(number, teams)
        left_out = {**answered, **dict.fromkeys(counted.values(), -1.0)}
        self._between(_minus(_times(left_out, ONE_IN), answered), 0, ONE_IN - 1)  # an eighth, rounded up
        return counted

    def _mean(self, bounds: Bounds, counted: Mapping[int, int]) -> None:
        ones: Terms = dict.fromkeys(counted.values(), 1.0)
        quarters = {variable: 4.0 * value for value, variable in counted.items()}
        self._at_least(_minus(quarters, _times(ones, bounds.low)), bounds.above)
        self._at_least(_minus(_times(ones, bounds.high), quarters), bounds.below)

    def _hidden(self, number: int) -> None:
        """What follows for the teams that are not shown from the rule of plans.shown_cells, no more and no less."""
        week = self.weeks[number]
        hidden = [team for team in week.asked if team not in week.levels or team == DESK]
        if not hidden:
            return
        rest = self._answered(number, hidden)
        self._at_least(rest, week.fewest)
        if week.is_held_back:
            return  # then it is not known how many answered in the teams that are not shown
        stood_back: dict[int, int] = {}
        for team in hidden:
            if team != DESK and plans.may_ever(week.asked[team], k=week.k):
                stood_back |= self._too_few_or_stood_back(number, team, is_alone=hidden == [team])
        if stood_back:
            self._between(dict.fromkeys(stood_back, 1.0), 0, 1)
        # Somebody stood back only where the others were too few.
        others: Terms = {**rest, **dict.fromkeys(stood_back.values(), -1.0)}
        room = float(sum(week.asked[team] for team in hidden))
        self._between({**others, **dict.fromkeys(stood_back, room)}, 0, week.fewest - 1 + room)

    def _too_few_or_stood_back(self, number: int, team: int, *, is_alone: bool) -> dict[int, int]:
        """Give the switch «stood back», and the answers of the team where it is on."""
        week = self.weeks[number]
        least = week.fewest
        order = plans.order(week.asked, turn=week.turn)
        is_first = all(order.index(team) < order.index(cell) for cell in week.levels if cell != DESK)
        may_stand_back = is_first and not is_alone  # alone it would leave nobody to stand back for
        switch, answers = self._variable(1 if may_stand_back else 0), self._variable(week.asked[team])
        answered = self._answered(number, [team])
        self._at_least({**answered, switch: -float(least)}, 0)
        self._at_least({**_times(answered, -1), switch: float(week.asked[team])}, -(least - 1))
        self._at_least({**answered, answers: -1.0}, 0)
        self._at_least({switch: float(week.asked[team]), answers: -1.0}, 0)
        return {switch: answers}

    def _variable(self, most: int) -> int:
        self.highs.addCol(0, 0, most, 0, [], [])
        place = int(self.highs.getNumCol()) - 1
        self.highs.changeColIntegrality(place, highspy.HighsVarType.kInteger)
        return place

    def _exactly(self, terms: Terms, number: float) -> None:
        self._between(terms, number, number)

    def _at_least(self, terms: Terms, number: float) -> None:
        self._between(terms, number, highspy.kHighsInf)

    def _between(self, terms: Terms, low: float, high: float) -> None:
        self.highs.addRow(low, high, len(terms), list(terms), list(terms.values()))


def _classes(weeks: Sequence[Week]) -> Mapping[Way, int]:
    persons = sorted({mark for week in weeks for mark in week.roster})
    return Counter(tuple(week.roster.get(mark) for week in weeks) for mark in persons)


def _times(terms: Terms, factor: float) -> Terms:
    return {variable: factor * each for variable, each in terms.items()}


def _minus(terms: Terms, others: Terms) -> Terms:
    return {variable: terms.get(variable, 0) - others.get(variable, 0) for variable in {**terms, **others}}
