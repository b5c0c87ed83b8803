"""Nights of games for tests and benches, drawn from a seed, and the best of all their seatings found by trying all."""

from __future__ import annotations

import itertools
import random

from portal.blueprints.games.rules import tables
from portal.blueprints.games.rules.tables import Night, Party, Table, Wish

SAID = (Wish.LOVE, Wish.LIKE, Wish.LIKE, Wish.RATHER_NOT)


def draw_night(seed: int, *, people: int, games: int, are_pinned: bool = False, bring_guests: bool = True) -> Night:
    """Draw a night; the same seed gives the same."""
    dice = random.Random(seed)
    persons = range(1, people + 1)
    favourite = dice.randint(1, games)  # now and then everybody wants the same game
    eager = dice.random() < 0.3
    copies = [_draw_table(dice, number, people, are_pinned=are_pinned) for number in range(1, games + 1)]
    parties = [
        Party(
            person_id=person,
            seats=dice.choice((1, 1, 1, 1, 2, 3)) if bring_guests else 1,
            is_newcomer=dice.random() < 0.3,
            sat_at=dice.choice((None, dice.randint(1, games))),
            wishes={
                table.id: Wish.LOVE if eager and table.id == favourite else dice.choice(SAID)
                for table in copies
                if dice.random() < 0.6
            },
        )
        for person in persons
    ]
    pins = {person: dice.randint(1, games) for person in persons if are_pinned and dice.random() < 0.15}
    return Night(parties=parties, tables=copies, pins=pins)


def _draw_table(dice: random.Random, number: int, people: int, *, are_pinned: bool) -> Table:
    least = dice.choice((1, 2, 2, 2, 3, 3, 4))
    most = least + dice.choice((0, 1, 2, 2, 3, 4))
    return Table(
        id=number,
        players_min=least,
        players_max=most,
        players_best=dice.choice((None, *range(least, most + 1))),
        brought_by=dice.choice((None, *range(1, people + 1))),
        teachers=frozenset(dice.sample(range(1, people + 1), dice.randint(0, min(3, people)))),
        is_open=dice.choice((None, None, None, None, True, False)) if are_pinned else None,
    )


def best_cost(night: Night, *, may_leave_out: bool = False) -> tuple[int, ...] | None:
    """Try every seating there is, and give the cost of the best; none where none holds."""
    places = [table.id for table in night.tables] + ([0] if may_leave_out else [])
    best: tuple[int, ...] | None = None
    for chosen in itertools.product(places, repeat=len(night.parties)):
        plan = {party.person_id: at for party, at in zip(night.parties, chosen, strict=True) if at}
        if tables.holds(night, plan):
            cost = tables.worth(night, plan).cost
            best = cost if best is None or cost < best else best
    return best
