"""Desks and rounds for tests of the pulse."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from random import Random

from portal.blueprints.pulse import service
from portal.blueprints.pulse.rules import guard, plans
from portal.blueprints.pulse.rules.worlds import Week
from portal.core import clock
from portal.core.db import transaction


def open_round(cohort: Mapping[int, int]) -> tuple[int, dict[int, str]]:
    """Open a round for persons (number → team) and give its number and their tokens."""
    with transaction():
        round_id = service.begin_round(opens_at=clock.now(), closes_at=clock.now() + timedelta(days=4))
        tokens = {person: service.token(round_id, person) for person in cohort}
        service.open_round(
            round_id,
            {tokens[person]: team for person, team in cohort.items()},
            {f"mark-{person}": team for person, team in cohort.items()},
        )
    return round_id, tokens


def desk_of(teams: int = 5, size: int = 10) -> dict[int, int]:
    """Make a desk: persons numbered from 0, in teams numbered from 1."""
    return {number: 1 + number // size for number in range(teams * size)}


class Desk:
    """A desk whose people join, leave, change their minds and answer now and then; each week is published."""

    def __init__(self, seed: int, *, teams: int = 5, size: int = 10, k: int = 5) -> None:
        self.chance = Random(seed)
        self.k = k
        self.teams = {f"p{number}": team for number, team in desk_of(teams, size).items()}
        self.next_number = teams * size
        self.values: dict[str, int] = {}
        self.weeks: list[Week] = []
        self.is_guarded = True

    def move(self, *, churn: float) -> None:
        """Let somebody leave and somebody join, now and then."""
        if self.chance.random() < churn:
            self.teams.pop(self.chance.choice(sorted(self.teams)))
        if self.chance.random() < churn:
            self.teams[f"p{self.next_number}"] = self.chance.choice(sorted(set(self.teams.values())))
            self.next_number += 1

    def swap(self, *, churn: float) -> None:
        """Let somebody change to another team, now and then."""
        if self.chance.random() < churn:
            teams = sorted(set(self.teams.values()))
            self.teams[self.chance.choice(sorted(self.teams))] = self.chance.choice(teams)

    def feel(self, *, change: float) -> None:
        """Let people be of another mind than last week, now and then."""
        for person in sorted(self.teams):
            if person not in self.values or self.chance.random() < change:
                self.values[person] = min(5, max(1, round(self.chance.gauss(3.3, 1.2))))

    def answer(self, *, share: float) -> dict[str, int]:
        """Let everybody answer with this probability; give what they said."""
        return {person: self.values[person] for person in sorted(self.teams) if self.chance.random() < share}

    def by_team(self, said: Mapping[str, int]) -> dict[int, list[int]]:
        """Give answers by team."""
        found: dict[int, list[int]] = {team: [] for team in set(self.teams.values())}
        for person, value in said.items():
            found[self.teams[person]].append(value)
        return found

    def publish(self, said: Mapping[str, int]) -> Week:
        """Let the guard say what may be said, and remember it."""
        this = Week(turn=len(self.weeks), k=self.k, roster=dict(self.teams), levels={})
        answers = self.by_team(said)
        if self.is_guarded:
            levels = guard.release(answers, this=this, before=self.weeks, chance=self.chance)
        else:
            levels = self.draw(this, answers)
        self.weeks.append(Week(turn=this.turn, k=self.k, roster=this.roster, levels=levels))
        return self.weeks[-1]

    def draw(self, this: Week, answers: Mapping[int, list[int]]) -> Mapping[int, int]:
        """Say whatever has enough answers, as if there were no guard: for trying what the guard is worth."""
        answered = {team: len(values) for team, values in answers.items()}
        cells = plans.shown_cells(asked=this.asked, answered=answered, k=this.k, turn=this.turn)
        return guard.draw(answers, cells, self.chance) if cells else {}
