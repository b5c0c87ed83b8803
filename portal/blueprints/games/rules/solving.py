"""The table plan, solved exactly: an integer programme for HiGHS, one level of what counts after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import highspy
import numpy as np

from portal.blueprints.games.rules import tables
from portal.blueprints.games.rules.tables import Night, Party, Plan, Table, Trouble, Why, Worth

LONGEST = 10.0  # seconds for one search; a night of 24 people and 10 games needs a tenth of one
MOST_ASKED = 4  # so many more people are tried, where the numbers do not add up
Terms = dict[int, float]  # variable → factor


@dataclass(frozen=True, kw_only=True)
class Laid:
    """A plan, what it is worth, and whether it is proven that there is none better."""

    plan: Plan
    worth: Worth
    is_proven: bool = True


@dataclass(frozen=True, kw_only=True)
class Impossible:
    """No seating for everybody: why, and the nearest that works.

    A game more for as many as the nearest plan leaves out always helps: those sit there, and all others as it says.
    """

    why: Why
    nearest: Laid | None = None
    nearest_is_unpinned: bool = False  # with the organiser's word there is not even a part of one
    works_unpinned: bool = False
    people_more: int | None = None  # so many more who come by themselves would make it add up


class TimeIsUp(Exception):
    """Say that it is not known whether there is any seating at all: the night is too large for the time there is."""


def lay(night: Night) -> Laid | Impossible:
    """Seat a night as well as it can be, or say why it cannot."""
    if not night.parties or not night.may_open:
        return Impossible(why=tables.why_not(night))
    try:
        return _lay(night)
    except TimeIsUp:
        return Impossible(why=Why(trouble=Trouble.TOO_LARGE, has=night.seats))


def _lay(night: Night) -> Laid | Impossible:
    found = solve(night)
    if found is not None:
        return found
    nearest = solve(night, may_leave_out=True)
    return Impossible(
        why=tables.why_not(night),
        nearest=nearest or solve(_unpinned(night), may_leave_out=True),
        nearest_is_unpinned=nearest is None,
        works_unpinned=night.has_pins and solve(_unpinned(night), levels=0) is not None,
        people_more=_people_more(night),
    )


def _unpinned(night: Night) -> Night:
    return Night(parties=night.parties, tables=[replace(table, is_open=None) for table in night.tables])


def _people_more(night: Night) -> int | None:
    """Count how many more would have to come for the numbers to add up, if a few are enough."""
    for more in range(1, MOST_ASKED + 1):
        others = [Party(person_id=-number) for number in range(1, more + 1)]
        if solve(replace(night, parties=[*night.parties, *others]), levels=0) is not None:
            return more
    return None


def solve(night: Night, *, may_leave_out: bool = False, levels: int = 9) -> Laid | None:
    """Find the best seating by so many levels; none where there is none."""
    model = _Model(night, may_leave_out=may_leave_out)
    is_proven, chosen = model.first()
    if chosen is None:
        if not is_proven:
            raise TimeIsUp
        return None
    for terms in model.levels()[:levels]:
        is_best, chosen = model.improve(terms, chosen)
        is_proven = is_proven and is_best
    plan = model.plan(chosen)
    return Laid(plan=plan, worth=tables.worth(night, plan), is_proven=is_proven)


@dataclass
class _Model:
    """The integer programme of a night: who sits where, which tables stand, who would be alone, how far off best."""

    night: Night
    may_leave_out: bool
    highs: highspy.Highs = field(init=False)
    sits: dict[tuple[int, int], int] = field(init=False, default_factory=dict)
    stands: dict[int, int] = field(init=False, default_factory=dict)
    alone: list[int] = field(init=False, default_factory=list)
    off_best: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False),
            ("threads", 1),  # the same night gives the same plan, and the desk's other pages have a core left
            ("random_seed", 1),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", 0.5),  # every level is a whole number
            ("time_limit", LONGEST),
        ):
            self.highs.setOptionValue(option, value)
        self._seats()
        self._company()
        self._numbers()

    def levels(self) -> list[Terms]:
        """Give what is made as small as can be, first first; two levels in one where the numbers stay small."""
        left_out = {
            place: -float(party.seats) for party in self.night.parties for place in self._places_of(party).values()
        }
        unwanted = {place: 1.0 for party, table, place in self._pairs() if tables.is_unwanted(party, table)}
        heavier = float(len(self.night.parties) + 1)
        first: Terms = {**unwanted, **dict.fromkeys(self.alone, heavier)}
        farthest = 1 + sum(max(self.night.seats, table.players_best or 0) for table in self.night.tables)
        second: Terms = dict.fromkeys(self.off_best, heavier)
        for party, table, place in self._pairs():
            second[place] = tables.is_moved(party, table) - heavier * farthest * tables.joy(party, table)
        return [*([left_out] if self.may_leave_out else []), first, second]

    def first(self) -> tuple[bool, np.ndarray | None]:
        """Find any seating that keeps the rules; proven and none where there is none."""
        return self._run()

    def improve(self, terms: Terms, chosen: np.ndarray) -> tuple[bool, np.ndarray]:
        """Make a level as small as can be, and keep it so for those that follow.

        The search begins anew each time. Given the seating before as a start, HiGHS 1.16 now and then calls that one
        the best after its presolve has fixed what is not whole in it: `bench tables` found it (seed 16).
        """
        if not any(factor and chosen[at] * factor > _least(factor) for at, factor in terms.items()):
            best = chosen  # nothing in it can be smaller
            self._keep(terms, best)
            return True, best
        self._aim(terms)
        is_proven, found = self._run()
        best = chosen if found is None else found
        self._keep(terms, best)
        return is_proven, best

    def plan(self, chosen: np.ndarray) -> Plan:
        """Read who sits where."""
        return {person_id: table_id for (person_id, table_id), at in self.sits.items() if chosen[at] > 0.5}

    def _pairs(self) -> list[tuple[Party, Table, int]]:
        return [
            (party, table, self.sits[party.person_id, table.id])
            for party in self.night.parties
            for table in self.night.tables
        ]

    def _places_of(self, party: Party) -> dict[int, int]:
        return {table.id: self.sits[party.person_id, table.id] for table in self.night.tables}

    def _seats(self) -> None:
        for table in self.night.tables:
            least, most = float(table.is_open is True), float(table.is_open is not False)
            self.stands[table.id] = self._variable(least, most, is_whole=True)
        for party in self.night.parties:
            pinned = self.night.pins.get(party.person_id)
            for table in self.night.tables:
                may = float(table.is_open is not False and (pinned is None or pinned == table.id))
                self.sits[party.person_id, table.id] = self._variable(0.0, may, is_whole=True)
            here = dict.fromkeys(self._places_of(party).values(), 1.0)
            self._row(0.0 if self.may_leave_out else 1.0, 1.0, here)
        for table in self.night.tables:
            stands = self.stands[table.id]
            self._row(0.0, highspy.kHighsInf, {**self._filled(table), stands: -float(table.players_min)})
            self._row(-highspy.kHighsInf, 0.0, {**self._filled(table), stands: -float(table.players_max)})
            for party in self.night.parties:  # follows from the row above, and makes the bound much tighter
                self._row(-highspy.kHighsInf, 0.0, {self.sits[party.person_id, table.id]: 1.0, stands: -1.0})

    def _filled(self, table: Table) -> Terms:
        return {self.sits[party.person_id, table.id]: float(party.seats) for party in self.night.parties}

    def _company(self) -> None:
        for table in self.night.tables:
            if table.players_min == 1:  # a table of one
                single = self._variable(0.0, 1.0)
                self.alone.append(single)
                self._row(0.0, highspy.kHighsInf, {**self._filled(table), self.stands[table.id]: -2.0, single: 1.0})
        for party in self.night.parties:
            if party.needs_company:
                stranger = self._variable(0.0, 1.0)
                self.alone.append(stranger)
                for table in self.night.tables:
                    near = {
                        self.sits[other.person_id, table.id]: 1.0
                        for other in self.night.parties
                        if other is not party and tables.is_company(other, table)
                    }
                    self._row(
                        0.0, highspy.kHighsInf, {**near, self.sits[party.person_id, table.id]: -1.0, stranger: 1.0}
                    )

    def _numbers(self) -> None:
        for table in self.night.tables:
            if table.players_best:
                off = self._variable(0.0, highspy.kHighsInf)
                self.off_best.append(off)
                stands, best = self.stands[table.id], float(table.players_best)
                less = {at: -factor for at, factor in self._filled(table).items()}
                self._row(0.0, highspy.kHighsInf, {**self._filled(table), stands: -best, off: 1.0})
                self._row(0.0, highspy.kHighsInf, {**less, stands: best, off: 1.0})

    def _variable(self, least: float, most: float, *, is_whole: bool = False) -> int:
        at: int = self.highs.getNumCol()
        self.highs.addVar(least, most)
        if is_whole:
            self.highs.changeColIntegrality(at, highspy.HighsVarType.kInteger)
        return at

    def _row(self, least: float, most: float, terms: Mapping[int, float]) -> None:
        indices = np.fromiter(terms, dtype=np.int32, count=len(terms))
        factors = np.fromiter(terms.values(), dtype=np.float64, count=len(terms))
        self.highs.addRow(least, most, len(terms), indices, factors)

    def _aim(self, terms: Terms) -> None:
        costs = np.zeros(self.highs.getNumCol())
        for at, factor in terms.items():
            costs[at] = factor
        self.highs.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)

    def _keep(self, terms: Terms, chosen: np.ndarray) -> None:
        if terms:
            reached = round(sum(factor * chosen[at] for at, factor in terms.items()))
            self._row(-highspy.kHighsInf, float(reached), terms)

    def _run(self) -> tuple[bool, np.ndarray | None]:
        if self.highs.run() == highspy.HighsStatus.kError:  # it has not begun: that says nothing of the night
            raise RuntimeError("the solver refused the programme")
        status = self.highs.getModelStatus()
        if self.highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return status == highspy.HighsModelStatus.kInfeasible, None
        return status == highspy.HighsModelStatus.kOptimal, np.array(self.highs.getSolution().col_value)


def _least(factor: float) -> float:
    return min(0.0, factor)
