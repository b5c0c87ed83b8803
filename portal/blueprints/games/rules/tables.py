"""A night of games as the table plan sees it, what a seating is worth, and why there may be none.

The order of what counts, each only where what stands above it is equal:

1. Everybody has a seat, and guests sit with their host, wherever any such seating exists.
2. Nobody is alone: no table of one, and nobody who is there for the first time sits at a table without somebody else
   who is there for the first time, who brought the game or who can teach it. Whoever has a guest with them has company.
3. As few as can be sit at a game that they would rather not play.
4. Wishes: what one loves, what one likes, and what one has carried there oneself.
5. As many at each table as the game is best with.
6. As few as can be sit elsewhere than they did in the plan before: laid anew, a plan keeps what can stay.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Plan = Mapping[int, int]  # whoever signed up → the table where they and their guests sit


class Wish(StrEnum):
    """What somebody says of playing a game tonight. Who says nothing plays it gladly enough."""

    LOVE = "love"
    LIKE = "like"
    RATHER_NOT = "rather_not"


JOY = {Wish.LOVE: 4, Wish.LIKE: 2, Wish.RATHER_NOT: 0}
OWN_JOY = 1  # besides the wish: whoever carries a game across town likes to see it played, and knows how


@dataclass(frozen=True, kw_only=True)
class Party:
    """Somebody who comes, with the guests who sit where they sit."""

    person_id: int
    seats: int = 1
    is_newcomer: bool = False
    wishes: Mapping[int, Wish] = field(default_factory=dict)  # table → wish
    sat_at: int | None = None  # in the plan before, if there was one

    @property
    def needs_company(self) -> bool:
        """Tell whether they would be alone among strangers."""
        return self.is_newcomer and self.seats == 1


@dataclass(frozen=True, kw_only=True)
class Table:
    """One copy of a game that is brought: it can stand on one table."""

    id: int
    players_min: int
    players_max: int
    players_best: int | None = None
    brought_by: int | None = None
    teachers: frozenset[int] = frozenset()
    is_open: bool | None = None  # the organiser's word: it is played, it is not, or as it comes

    @property
    def knows_it(self) -> frozenset[int]:
        """Give those who can help others into the game: who brought it, and who can teach it."""
        return self.teachers | {self.brought_by} if self.brought_by is not None else self.teachers


@dataclass(frozen=True, kw_only=True)
class Night:
    """Everything that a plan is made of."""

    parties: Sequence[Party]
    tables: Sequence[Table]
    pins: Mapping[int, int] = field(default_factory=dict)  # person → table, by the organiser's word

    @property
    def seats(self) -> int:
        """Count those who come, guests too."""
        return sum(party.seats for party in self.parties)

    @property
    def may_open(self) -> list[Table]:
        """Give the tables that the organiser has not closed."""
        return [table for table in self.tables if table.is_open is not False]

    @property
    def has_pins(self) -> bool:
        """Tell whether the organiser has decided anything."""
        return bool(self.pins) or any(table.is_open is not None for table in self.tables)


@dataclass(frozen=True, kw_only=True)
class Worth:
    """What a seating is worth, in the order of what counts."""

    left_out: int
    alone: int
    unwanted: int
    joy: int
    off_best: int
    moved: int

    @property
    def cost(self) -> tuple[int, int, int, int, int, int]:
        """Give what is compared: less is better."""
        return self.left_out, self.alone, self.unwanted, -self.joy, self.off_best, self.moved


def joy(party: Party, table: Table) -> int:
    """Tell what it is worth to somebody to play a game; what one brought and says nothing of, one likes."""
    is_own = table.brought_by == party.person_id
    wish = party.wishes.get(table.id, Wish.LIKE if is_own else None)
    if wish is None or wish is Wish.RATHER_NOT:
        return 0
    return JOY[wish] + (OWN_JOY if is_own else 0)


def is_unwanted(party: Party, table: Table) -> bool:
    """Tell whether somebody would rather not play a game."""
    return party.wishes.get(table.id) is Wish.RATHER_NOT


def is_moved(party: Party, table: Table) -> bool:
    """Tell whether somebody sits elsewhere than in the plan before."""
    return party.sat_at is not None and party.sat_at != table.id


def is_company(other: Party, table: Table) -> bool:
    """Tell whether somebody at a table keeps one company who is there for the first time."""
    return other.is_newcomer or other.person_id in table.knows_it


def holds(night: Night, plan: Plan) -> bool:
    """Tell whether a plan keeps what must be kept: the numbers of each game, and the organiser's word."""
    filled = Counter[int]()
    for party in night.parties:
        if party.person_id in plan:
            filled[plan[party.person_id]] += party.seats
    fits = all(
        table.players_min <= filled[table.id] <= table.players_max if filled[table.id] else table.is_open is not True
        for table in night.tables
    )
    is_played = all(table.is_open is not False for table in night.tables if filled[table.id])
    return fits and is_played and all(plan.get(person_id, at) == at for person_id, at in night.pins.items())


def worth(night: Night, plan: Plan) -> Worth:
    """Tell what a plan is worth."""
    at: dict[int, list[Party]] = defaultdict(list)
    for party in night.parties:
        if party.person_id in plan:
            at[plan[party.person_id]].append(party)
    tables = [(table, at[table.id]) for table in night.tables if at[table.id]]
    pairs = [(party, table) for table, parties in tables for party in parties]
    return Worth(
        left_out=sum(party.seats for party in night.parties if party.person_id not in plan),
        alone=sum(_alone(table, parties) for table, parties in tables),
        unwanted=sum(is_unwanted(*pair) for pair in pairs),
        joy=sum(joy(*pair) for pair in pairs),
        off_best=sum(_off_best(table, parties) for table, parties in tables),
        moved=sum(is_moved(*pair) for pair in pairs),
    )


def _alone(table: Table, parties: Sequence[Party]) -> int:
    strangers = sum(
        party.needs_company and not any(is_company(other, table) for other in parties if other is not party)
        for party in parties
    )
    return strangers + (sum(party.seats for party in parties) == 1)


def _off_best(table: Table, parties: Iterable[Party]) -> int:
    return abs(sum(party.seats for party in parties) - table.players_best) if table.players_best else 0


class Trouble(StrEnum):
    """Why there is no seating for everybody."""

    NOBODY = "nobody"
    NO_GAMES = "no_games"
    TOO_FEW_SEATS = "too_few_seats"
    TOO_FEW_PEOPLE = "too_few_people"
    PARTY_TOO_LARGE = "party_too_large"
    PINNED_TO_CLOSED = "pinned_to_closed"
    PINNED_TOO_MANY = "pinned_too_many"
    OPEN_NEED_MORE = "open_need_more"
    DOES_NOT_ADD_UP = "does_not_add_up"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, kw_only=True)
class Why:
    """A reason, with the two numbers that it stands on and the game that it is about, if it is about one."""

    trouble: Trouble
    has: int = 0
    needs: int = 0
    table_id: int | None = None


def why_not(night: Night) -> Why:
    """Say the plainest reason why a night that cannot be seated cannot."""
    found = _nothing_to_seat(night) or _by_numbers(night) or _by_pins(night)
    return found or Why(trouble=Trouble.DOES_NOT_ADD_UP, has=night.seats)


def _nothing_to_seat(night: Night) -> Why | None:
    if not night.parties:
        return Why(trouble=Trouble.NOBODY)
    return None if night.may_open else Why(trouble=Trouble.NO_GAMES, needs=night.seats)


def _by_numbers(night: Night) -> Why | None:
    room = sum(table.players_max for table in night.may_open)
    if room < night.seats:
        return Why(trouble=Trouble.TOO_FEW_SEATS, has=room, needs=night.seats)
    smallest = min(night.may_open, key=lambda table: table.players_min)
    if night.seats < smallest.players_min:
        return Why(trouble=Trouble.TOO_FEW_PEOPLE, has=night.seats, needs=smallest.players_min, table_id=smallest.id)
    party, table = max(party.seats for party in night.parties), max(table.players_max for table in night.may_open)
    return Why(trouble=Trouble.PARTY_TOO_LARGE, has=table, needs=party) if party > table else None


def _by_pins(night: Night) -> Why | None:
    pinned = Counter[int]()
    for party in night.parties:
        if party.person_id in night.pins:
            pinned[night.pins[party.person_id]] += party.seats
    for table in night.tables:
        if pinned[table.id] and table.is_open is False:
            return Why(trouble=Trouble.PINNED_TO_CLOSED, table_id=table.id)
        if pinned[table.id] > table.players_max:
            return Why(
                trouble=Trouble.PINNED_TOO_MANY,
                has=table.players_max,
                needs=pinned[table.id],
                table_id=table.id,
            )
    needed = sum(table.players_min for table in night.tables if table.is_open)
    return Why(trouble=Trouble.OPEN_NEED_MORE, has=night.seats, needs=needed) if needed > night.seats else None


def digest(night: Night) -> str:
    """Give a word that changes when anything changes that a plan is made of."""
    parties = sorted((p.person_id, p.seats, p.is_newcomer, sorted(p.wishes.items())) for p in night.parties)
    copies = sorted(
        (t.id, t.players_min, t.players_max, t.players_best or 0, t.brought_by or 0, sorted(t.teachers), str(t.is_open))
        for t in night.tables
    )
    return hashlib.sha256(repr((parties, copies, sorted(night.pins.items()))).encode()).hexdigest()
