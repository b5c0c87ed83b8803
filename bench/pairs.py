"""Let people have coffee for years: python -m bench attack pairs.

Fifty people, 49 weeks: nobody meets anybody twice. With people away, on shifts, coming and going: never more repeats
than the best matching of that week has, which is worked out in another way (with an integer program, or by counting
whom strangers alone could pair), and nobody is left over twice whom anybody could have met. Beside it what the same
weeks give without a plan: pairs at random, and the heaviest matching that only looks at who has met.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import combinations

import highspy
import networkx
import numpy

from portal.blueprints.coffee.rules import pairing, times
from portal.blueprints.coffee.rules.pairing import NEVER, Met, Pair, Week
from portal.core import clock

MONDAY = date(2026, 11, 30)
TURNS = ((7, 15), (8, 16), (14, 22), (8, 16), (22, 31), (7, 15), (8, 16), (14, 22))
Pairer = Callable[[Week, random.Random], Sequence[Sequence[int]]]


class Repeated(Exception):
    """Somebody met somebody again who could have met a stranger, or was left over twice."""


@dataclass
class Course:
    """What came of some weeks."""

    met: dict[Pair, Met] = field(default_factory=dict)
    pairs: int = 0
    repeats: int = 0

    def sit(self, groups: Iterable[Sequence[int]], number: int) -> None:
        """Let them meet."""
        for group in groups:
            for two in pairing.pairs_of(group):
                before = self.met.get(two, NEVER)
                self.pairs += 1
                self.repeats += before.times > 0
                self.met[two] = Met(times=before.times + 1, last=number)


def attack(full: bool) -> list[str]:
    """Run everything; give the figures."""
    people = 50 if full else 12
    lines = [_in_full_number(people), *_without_a_plan(people)]
    lines += [_with_absence(people, share, runs=3 if full else 1) for share in (0.1, 0.2, 0.3)]
    lines += [_on_shifts(people, weeks=8 if full else 4), _coming_and_going(people, weeks=80 if full else 20)]
    return lines


def _week(here: Collection[int], number: int, course: Course, *, size: int = 0, first: Collection[int] = ()) -> Week:
    could = frozenset(combinations(sorted(here), 2))
    slots = {each: each for each in here}
    return Week(number=number, slots=slots, could_meet=could, met=course.met, size=size, first=first)


def _in_full_number(people: int) -> str:
    course = Course()
    for number in range(1, people):
        groups = pairing.groups(_week(range(people), number, course))
        if sum(map(len, groups)) != people:
            raise Repeated(f"in week {number} not everybody had company")
        course.sit(groups, number)
    if course.repeats or len(course.met) != people * (people - 1) // 2:
        raise Repeated(f"{course.repeats} repeats where none was needed")
    return f"{people} people, {people - 1} weeks: {course.pairs} pairs, repeats 0, everybody has met everybody"


def _without_a_plan(people: int) -> list[str]:
    """Show what the figures above are worth: the same weeks, paired in ways that come to mind first."""
    stuck = sum(_course_of(_shyly, 8, seed=seed).repeats > 0 for seed in range(50))
    return [
        f"  the same, paired at random: {_course_of(_blindly, people).repeats} repeats",
        f"  without the order of a tournament, each week the heaviest matching of who has not met: with eight people "
        f"{stuck} of 50 courses end in repeats; in that order 0",
    ]


def _course_of(way: Pairer, people: int, *, seed: int = 0) -> Course:
    course, dice = Course(), random.Random(seed)
    for number in range(1, people):
        course.sit(way(_week(range(people), number, course), dice), number)
    return course


def _blindly(week: Week, dice: random.Random) -> list[tuple[int, ...]]:
    mixed = dice.sample(sorted(week.slots), len(week.slots))
    return [tuple(sorted(mixed[place : place + 2])) for place in range(0, len(mixed) - 1, 2)]


def _shyly(week: Week, dice: random.Random) -> list[tuple[int, ...]]:
    graph = networkx.Graph()
    graph.add_weighted_edges_from(
        (*two, dice.randrange(1000) - 1_000_000 * (two in week.met)) for two in sorted(week.could_meet)
    )
    return [pairing.pair(*two) for two in networkx.max_weight_matching(graph, maxcardinality=True)]


def _with_absence(people: int, share: float, *, runs: int) -> str:
    repeats, best, pairs = 0, 0, 0
    for run in range(runs):
        dice, course = random.Random(run), Course()
        for number in range(1, people):
            here = [each for each in range(people) if dice.random() >= share]
            week = _week(here, number, course, size=people)
            repeats += sum(two in course.met for two in pairing.pairs(week))
            best += len(here) // 2 - _strangers(week)
            course.sit(pairing.groups(week), number)
        pairs += course.pairs
    if repeats > best:
        raise Repeated(f"{repeats} repeats, and {best} were needed")
    return f"{share:.0%} away, {runs} × {people - 1} weeks: {pairs} pairs, repeats {repeats}, needed by the week {best}"


def _strangers(week: Week) -> int:
    """Count whom strangers alone could pair; where all could meet all, whoever is left pairs anyhow."""
    strangers = networkx.Graph([two for two in week.could_meet if two not in week.met])
    return len(networkx.max_weight_matching(strangers, maxcardinality=True))


def _on_shifts(people: int, *, weeks: int) -> str:
    """Early, late and nights in turn, a tenth on leave: not everybody could meet everybody."""
    dice, course, away, first, edges = random.Random(5), Course(), 0, set[int](), 0
    for number in range(1, weeks + 1):
        working = {each: _hours(each, number) for each in range(people) if dice.random() >= 0.1}
        could = times.could_meet(working)
        edges += len(could)
        week = Week(
            number=number,
            slots={each: each for each in working},
            could_meet=could,
            met=course.met,
            size=people,
            first=first & working.keys(),
        )
        pairs, groups = pairing.pairs(week), pairing.groups(week)
        found = len(pairs), sum(two in course.met for two in pairs)
        most, fewest = _by_program(week)
        if found[0] != most or found[1] > fewest:
            raise Repeated(f"week {number}: {found} pairs and repeats, {(most, fewest)} were to be had")
        _must_meet_at_work(groups, working)
        left = working.keys() - {each for group in groups for each in group}
        _nobody_twice(week, left, pairs)
        away, first = away + len(left), left
        course.sit(groups, number)
    return (
        f"on shifts, a tenth on leave, {weeks} weeks: {course.pairs} pairs of {edges / weeks:.0f} that could meet, "
        f"repeats {course.repeats} and no more than needed, left over {away}, twice in a row 0"
    )


def _hours(person: int, week: int) -> list[tuple[datetime, datetime]]:
    starts, ends = TURNS[(person + week) % len(TURNS)]
    monday = MONDAY + timedelta(weeks=week)
    spans = []
    for day in range(5):
        on = monday + timedelta(days=day)
        ended = clock.at_wall(on + timedelta(days=ends // 24), time(ends % 24))
        spans.append((clock.at_wall(on, time(starts)), ended))
    return spans


def _by_program(week: Week) -> tuple[int, int]:
    """Work out by an integer program how many pairs there can be, and how few repeats among so many."""
    pairs = sorted(week.could_meet)
    rows = {person: [place for place, two in enumerate(pairs) if person in two] for person in week.slots}
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)  # as the portal's own: the first one decides for all of the process
    cost = numpy.array([1000.0 - (two in week.met) for two in pairs])
    solver.addVars(len(pairs), numpy.zeros(len(pairs)), numpy.ones(len(pairs)))
    places = numpy.arange(len(pairs), dtype=numpy.int32)
    solver.changeColsCost(len(pairs), places, cost)
    solver.changeColsIntegrality(len(pairs), places, numpy.array([highspy.HighsVarType.kInteger] * len(pairs)))
    solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
    for own in rows.values():
        solver.addRow(0.0, 1.0, len(own), numpy.array(own, dtype=numpy.int32), numpy.ones(len(own)))
    solver.run()
    chosen = numpy.round(solver.getSolution().col_value).astype(bool)
    taken = [two for two, is_taken in zip(pairs, chosen, strict=True) if is_taken]
    return len(taken), sum(two in week.met for two in taken)


def _must_meet_at_work(groups: Iterable[Sequence[int]], working: dict[int, list[tuple[datetime, datetime]]]) -> None:
    for group in groups:
        table = times.Table(working=[working[each] for each in group])
        moment = times.suggest(table, taken={}, zone=clock.OSLO)
        inside = moment and all(
            any(start <= moment and moment + times.CUP <= end for start, end in working[each]) for each in group
        )
        if not inside:
            raise Repeated("a cup was suggested when somebody is not at work")


def _nobody_twice(week: Week, left: Iterable[int], pairs: Iterable[Pair]) -> None:
    company = {one: other for two in pairs for one, other in (two, two[::-1])}
    for each in left:
        friends = {other for two in week.could_meet if each in two for other in two} - {each}
        if each in week.first and any(company.get(friend) not in week.first for friend in friends):
            raise Repeated("somebody was left over twice whom another could have met")


def _coming_and_going(people: int, *, weeks: int) -> str:
    """Each week somebody may leave, and be forgotten, or join; the number is odd as often as even."""
    dice, course, there = random.Random(11), Course(), set(range(people))
    fresh = people
    for number in range(1, weeks + 1):
        if dice.random() < 0.3:
            gone = dice.choice(sorted(there))
            there.discard(gone)
            course.met = {two: met for two, met in course.met.items() if gone not in two}
        if dice.random() < 0.3:
            there.add(fresh)
            fresh += 1
        slots = {each: slot for slot, each in enumerate(sorted(there))}
        week = Week(
            number=number, slots=slots, could_meet=frozenset(combinations(sorted(there), 2)), met=dict(course.met)
        )
        found, best = sum(two in week.met for two in pairing.pairs(week)), len(there) // 2 - _strangers(week)
        if found > best:
            raise Repeated(f"week {number}: {found} repeats, {best} were needed")
        groups = pairing.groups(week)
        if {each for group in groups for each in group} != there:
            raise Repeated("somebody was left over whom everybody could have met")
        course.sit(groups, number)
    return f"coming and going, {weeks} weeks: {course.pairs} pairs, repeats {course.repeats}, spared by another way 0"
