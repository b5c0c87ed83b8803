"""Attack the pulse with every number it has published: python -m bench attack pulse.

Desks of fifty in five teams, with people who come, go and change team. A reader who knows the roster of each week and
the rules of the house takes every level there is, and for each person tries each of the six things that one can have
said. Persons who were in the same team in the same weeks are looked at as one. The programme shares no line with the
guard's. It looks at each week by itself, and at each two weeks that follow one another, supposing that everybody who
was asked in both is as before; where that cannot be, that the guard has held back more than the counts would have, in
one of the weeks or in both; or that at least whoever answered in both has said the same. Weeks that said nothing are
left out as well. On half of the desks that is as good as true: there the same people answer each week, and hardly
anybody changes their mind.

The same is done where no guard has looked at the levels: there it must find something, or it is blind.
Beside it the usual way is attacked: means and counts of whatever has five answers, live, and computed anew over those
who are there: that one must fall, too.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import highspy
import numpy as np

from portal.blueprints.pulse.rules.worlds import Week
from tests.factories.pulse import Desk

K, ENOUGH, ONE_IN = 5, 6, 8  # five are counted of six who answered; written down anew, as a reader would
SMALLEST = ENOUGH + 1  # a team must be larger to be shown
QUARTERS = {1: (4, 0, 8, 1), 2: (8, 0, 11, 1), 3: (11, 0, 13, 0), 4: (13, 1, 16, 0), 5: (16, 1, 20, 0)}
WEEKS = 50  # of each desk
CHURN, CHANGE = 0.2, 0.3  # a week: somebody leaves, joins, changes team; each is of another mind
SETTLED_CHANGE = 0.01
KNOWN_TO_LEAK = 2  # the seed of a desk that gives something away within eight weeks if nobody guards it
SHARES = (0.3, 0.4, 0.5)


class Recovered(Exception):
    """Somebody was singled out."""


class Blind(Exception):
    """The attack does not even break what is known to be broken."""


@dataclass(kw_only=True)
class Tally:
    """What was seen of some desks."""

    rounds: int = 0
    with_something: int = 0
    with_teams: int = 0
    searches: int = 0
    pairs: int = 0
    narrowed: int = 0  # persons of whom one of the six could be ruled out
    recovered: int = 0  # persons of whom one single thing was left
    cells: int = 0  # hidden teams whose sum followed
    hidden: int = 0
    naive: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Tally) -> Tally:
        names = (
            "rounds",
            "with_something",
            "with_teams",
            "searches",
            "pairs",
            "narrowed",
            "recovered",
            "cells",
            "hidden",
        )
        sums = {name: getattr(self, name) + getattr(other, name) for name in names}
        return Tally(**sums, naive=self.naive + other.naive)


def attack(full: bool) -> list[str]:
    """Simulate and attack: 2 000 rounds in full."""
    rounds, weeks = (2000, WEEKS) if full else (8, 4)
    tally = _many(rounds, weeks, share=0.6, is_attacked=True)
    if full:
        control = _many(rounds // 4, weeks, share=0.6, is_attacked=True, is_guarded=False)
    else:
        control = _desk((KNOWN_TO_LEAK, 8, 0.6, True, False))
    lines = [_result(tally), _unguarded(control), _usual(tally)]
    for share in SHARES if full else ():
        other = _many(rounds // 10, weeks, share=share, is_attacked=False)
        lines.append(f"At {share:.0%} answering something is published in {other.with_something / other.rounds:.0%}.")
    _judge(tally, control, lines, full=full)
    return lines


def _many(rounds: int, weeks: int, *, share: float, is_attacked: bool, is_guarded: bool = True) -> Tally:
    desks = [(seed, weeks, share, is_attacked, is_guarded) for seed in range(rounds // weeks)]
    if len(desks) < 4:
        return sum((_desk(desk) for desk in desks), Tally())
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        return sum(pool.map(_desk, desks), Tally())


def _desk(wish: tuple[int, int, float, bool, bool]) -> Tally:
    seed, weeks, share, is_attacked, is_guarded = wish
    desk, tally = Desk(seed), Tally()
    is_settled, habits = seed % 2 == 1, Habits(share)
    desk.is_guarded = is_guarded
    answers: list[dict[str, int]] = []
    for _ in range(weeks):
        before = set(desk.teams)
        desk.move(churn=CHURN)
        desk.swap(churn=CHURN)
        desk.feel(change=SETTLED_CHANGE if is_settled else CHANGE)
        tally.naive += usual_leaver(answers, before - set(desk.teams))
        answers.append(habits.answer(desk) if is_settled else desk.answer(share=share))
        week = desk.publish(answers[-1])
        tally.naive += usual_week(desk, answers[-1])
        tally.rounds += 1
        tally.with_something += bool(week.levels)
        tally.with_teams += len(week.levels) > 1
        for window in _windows(desk.weeks) if is_attacked and week.levels else ():
            _read(window, tally)
    return tally


class Habits:
    """Some always answer, others never."""

    def __init__(self, share: float) -> None:
        self.share = share
        self.answers: dict[str, bool] = {}

    def answer(self, desk: Desk) -> dict[str, int]:
        """Give what those say who always answer."""
        for person in sorted(desk.teams):
            self.answers.setdefault(person, desk.chance.random() < self.share)
        return {person: desk.values[person] for person in sorted(desk.teams) if self.answers[person]}


def _windows(weeks: Sequence[Week]) -> Iterator[Sequence[Week]]:
    yield weeks[-1:]
    if len(weeks) > 1:
        yield weeks[-2:]
    spoke = [week for week in weeks[-4:-1] if week.levels]
    if spoke and spoke[-1] is not weeks[-2]:
        yield [spoke[-1], weeks[-1]]


def _read(weeks: Sequence[Week], tally: Tally) -> None:
    readers = list(_readers(weeks))
    if not readers:
        return  # nobody can be as last week: nothing follows from supposing it
    tally.pairs += len(weeks) > 1
    for reader in readers:
        tally.searches += 1
        for possible in reader.possible().values():
            tally.narrowed += len(possible) < 6
            tally.recovered += len(possible) == 1
    reader = readers[0]
    for team in set(weeks[-1].roster.values()) - set(weeks[-1].levels):
        tally.hidden += 1
        tally.cells += reader.knows_sum(team)


def _readers(weeks: Sequence[Week]) -> Iterator[Reader]:
    """Suppose as much as agrees with what was published."""
    strict = Reader(weeks)
    if strict.agrees():
        yield strict
        return
    for places in ((0,), (1,), (0, 1)) if len(weeks) > 1 else ((0,),):
        reader = Reader(weeks, held_back=places)
        if reader.agrees():
            yield reader
    steady = Reader(weeks, is_still=False)
    if steady.agrees():
        yield steady


Kind = tuple[int | None, ...]  # the team of a person in each week


class Reader:
    """An integer programme over persons: each said one of six things, and everything published must come out of it."""

    def __init__(self, weeks: Sequence[Week], *, is_still: bool = True, held_back: Sequence[int] = ()) -> None:
        self.weeks = weeks
        self.highs = highspy.Highs()
        for option, value in (("output_flag", False), ("log_to_console", False), ("threads", 1), ("mip_rel_gap", 10.0)):
            self.highs.setOptionValue(option, value)
        marks = sorted({mark for week in weeks for mark in week.roster})
        self.sizes = Counter(tuple(week.roster.get(mark) for week in weeks) for mark in marks)
        self.said = {kind: [self._variable(size) for _ in range(6)] for kind, size in self.sizes.items()}
        for kind, one in self.said.items():
            self._row(dict.fromkeys(one, 1), self.sizes[kind], self.sizes[kind])
        for number, week in enumerate(weeks):
            there = [kind for kind in self.sizes if kind[number] is not None]
            self.heard = self.said if is_still else {kind: self._some_of(kind) for kind in there}
            teams = {team: [kind for kind in there if kind[number] == team] for team in week.roster.values()}
            self._week(week, teams, is_held_back=number in held_back)

    def _some_of(self, kind: Kind) -> list[int]:
        """Let some say the same as always, and others nothing this week."""
        heard = [-1, *(self._variable(self.sizes[kind]) for _ in range(5))]
        for value in range(1, 6):
            self._row({self.said[kind][value]: 1, heard[value]: -1}, 0, highspy.kHighsInf)
        return heard

    def agrees(self) -> bool:
        """Tell whether there is any world at all."""
        return self._solve({})

    def possible(self) -> dict[Kind, set[int]]:
        """Give, for each kind of person, which of the six things are possible: many are looked at at once."""
        left = {(kind, value) for kind in self.said for value in range(6)}
        found: dict[Kind, set[int]] = {kind: set() for kind in self.said}
        self._solve({})
        while left:
            seen = {(kind, value) for kind, value in left if self._value(self.said[kind][value]) > 0.5}
            for kind, value in seen:
                found[kind].add(value)
            left -= seen
            if not seen or not left:
                kind, value = left.pop() if left else (None, 0)
                if kind is not None and self._demand(self.said[kind][value]):
                    found[kind].add(value)
                    continue
            self._solve({self.said[kind][value]: -1 for kind, value in left})
        return found

    def knows_sum(self, team: int) -> bool:
        """Tell whether the sum of a team that is not shown follows: whether there is no world with another."""
        terms = {self.said[kind][value]: value for kind in self.said if kind[-1] == team for value in range(1, 6)}
        self._solve({})
        known = round(sum(factor * self._value(variable) for variable, factor in terms.items()))
        row = int(self.highs.getNumRow())
        self._row(terms, known + 1, highspy.kHighsInf)
        is_more = self._solve({})
        self.highs.changeRowBounds(row, -highspy.kHighsInf, known - 1)
        is_less = is_more or self._solve({})
        self.highs.changeRowBounds(row, -highspy.kHighsInf, highspy.kHighsInf)
        return not is_less

    def _week(self, week: Week, teams: dict[int, list[Kind]], *, is_held_back: bool) -> None:
        everybody = [kind for kinds in teams.values() for kind in kinds]
        if not week.levels:
            bounds = (ENOUGH, highspy.kHighsInf) if is_held_back else (0, ENOUGH - 1)
            self._row(self._answered(everybody), *bounds)
            return
        for cell, level in week.levels.items():
            self._level(teams[cell] if cell else everybody, level or 0)
        hidden = {team: members for team, members in teams.items() if not team or team not in week.levels}
        if hidden:
            self._row(self._answered([kind for kinds in hidden.values() for kind in kinds]), ENOUGH, highspy.kHighsInf)
            if not is_held_back:
                self._hidden(week, hidden)

    def _level(self, members: Sequence[Kind], level: int) -> None:
        """So many answered that five are counted; who is left out of the number is not known."""
        answered = self._answered(members)
        counted = [self._variable(self._size(members)) for _ in range(5)]
        for value, variable in enumerate(counted, start=1):
            self._row({**{self.heard[mark][value]: 1 for mark in members}, variable: -1}, 0, highspy.kHighsInf)
        self._row(answered, ENOUGH, highspy.kHighsInf)
        # eight times those left out: from the number of answers to seven more
        self._row({**dict.fromkeys(answered, ONE_IN - 1), **dict.fromkeys(counted, -ONE_IN)}, 0, ONE_IN - 1)
        low, above, high, below = QUARTERS[level]
        values = dict(zip(counted, range(1, 6), strict=True))
        self._row({each: 4 * value - low for each, value in values.items()}, above, highspy.kHighsInf)
        self._row({each: high - 4 * value for each, value in values.items()}, below, highspy.kHighsInf)

    def _hidden(self, week: Week, hidden: dict[int, list[Kind]]) -> None:
        """Each hidden team had too few; or all others together had, and the first with enough stood back for them."""
        order = sorted(set(week.roster.values()) - {0})  # 0: those without a team, who have no number of their own
        order = order[week.turn % len(order) :] + order[: week.turn % len(order)]
        everybody = [mark for members in hidden.values() for mark in members]
        switches = {}
        for team, members in ((team, members) for team, members in hidden.items() if team):
            may = len(hidden) > 1 and all(order.index(team) < order.index(cell) for cell in week.levels if cell)
            size = self._size(members)
            switches[team] = self._variable(int(may and size > SMALLEST))
            if size > SMALLEST:  # smaller teams are never shown, whatever they answer
                answered = self._answered(members)
                self._row({**answered, switches[team]: -ENOUGH}, 0, highspy.kHighsInf)
                self._row({**answered, switches[team]: -size}, -highspy.kHighsInf, ENOUGH - 1)
            others = [mark for mark in everybody if mark not in members]
            if others:
                room = self._size(others)
                self._row({**self._answered(others), switches[team]: room}, 0, ENOUGH - 1 + room)
        self._row(dict.fromkeys(switches.values(), 1), 0, 1)

    def _answered(self, members: Sequence[Kind]) -> dict[int, float]:
        return {self.heard[mark][value]: 1 for mark in members for value in range(1, 6)}

    def _size(self, members: Sequence[Kind]) -> int:
        return sum(self.sizes[kind] for kind in members)

    def _variable(self, most: int) -> int:
        self.highs.addCol(0, 0, most, 0, [], [])
        place = int(self.highs.getNumCol()) - 1
        self.highs.changeColIntegrality(place, highspy.HighsVarType.kInteger)
        return place

    def _row(self, terms: dict[int, float], low: float, high: float) -> None:
        self.highs.addRow(low, high, len(terms), list(terms), [float(factor) for factor in terms.values()])

    def _solve(self, costs: dict[int, float]) -> bool:
        count = int(self.highs.getNumCol())
        factors = np.zeros(count)
        factors[list(costs)] = list(costs.values())
        self.highs.changeColsCost(count, np.arange(count, dtype=np.int32), factors)
        self.highs.run()
        return bool(self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def _demand(self, variable: int) -> bool:
        self.highs.changeColBounds(variable, 1, 1)
        is_possible = self._solve({})
        self.highs.changeColBounds(variable, 0, 1)
        return is_possible

    def _value(self, variable: int) -> float:
        return float(self.highs.getSolution().col_value[variable])


# --- the usual way: mean and count of whatever has five answers, live, and computed anew over those who are there


def usual_week(desk: Desk, said: dict[str, int]) -> Counter[str]:
    """Subtract what is shown from the total, and watch the answers come."""
    seen: Counter[str] = Counter(weeks=1)
    by_team = desk.by_team(said)
    hidden = [values for values in by_team.values() if len(values) < K]
    if len(said) >= K:
        seen["weeks in which a hidden team falls out"] += len(hidden) == 1 and bool(hidden[0])
        seen["answers"] += len(said)
        seen["answers seen as they arrive"] += len(said) - K
    return seen


def usual_leaver(answers: Sequence[dict[str, int]], left: set[str]) -> Counter[str]:
    """Compare the history before and after somebody has left it: what is gone is theirs."""
    seen: Counter[str] = Counter()
    weeks = [week for week in answers[-4:] for person in left if person in week]
    if weeks:
        seen["leavers"] += 1
        seen["leavers whose answer follows"] += any(len(week) > K for week in weeks)
    return seen


def _result(tally: Tally) -> str:
    share, teams = tally.with_something / tally.rounds, tally.with_teams / tally.rounds
    return (
        f"{tally.rounds} rounds at 60 % answering: something is published in {share:.0%}, teams in {teams:.0%}. In "
        f"{tally.searches} searches, {tally.pairs} of them over two weeks, {tally.recovered} persons are recovered, "
        f"{tally.narrowed} narrowed by a single one of six values, and the sums of {tally.cells} of {tally.hidden} "
        f"hidden teams."
    )


def _unguarded(tally: Tally) -> str:
    return (
        f"The same without the guard, as the control: in {tally.rounds} rounds {tally.narrowed} persons are narrowed, "
        f"{tally.recovered} recovered, and the sums of {tally.cells} of {tally.hidden} hidden teams."
    )


def _usual(tally: Tally) -> str:
    seen = tally.naive
    return (
        f"The usual way, attacked alike: a hidden team falls out in "
        f"{seen['weeks in which a hidden team falls out'] / max(1, seen['weeks']):.0%} of the weeks, "
        f"{seen['answers seen as they arrive'] / max(1, seen['answers']):.0%} of the answers are seen as they arrive, "
        f"{seen['leavers whose answer follows']} of {seen['leavers']} leavers are read off the history."
    )


def _judge(tally: Tally, control: Tally, lines: Sequence[str], *, full: bool) -> None:
    if tally.recovered or tally.narrowed or tally.cells:
        raise Recovered("\n".join(lines))
    if not tally.pairs or not control.narrowed or not tally.naive["answers seen as they arrive"]:
        raise Blind("\n".join(lines))
    if full and tally.with_something < 0.8 * tally.rounds:
        raise Blind("too little is published: " + lines[0])
