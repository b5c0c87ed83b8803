"""Join answers to persons from copies of the database: python -m bench attack ballots.

Fifty people answer one after the other, and the attacker knows in which order, as somebody does who watches the room.
After each answer they take a copy of everything: on SQLite the file and its journal, on PostgreSQL every row with its
xmin and ctid; and they look at what the pages show. For each answer they name the slip that must be that person's: by
what has changed, by size, by where the rows lie, by their order. They have neither the key of the round nor that of the
house. Chance is one in fifty.

Beside it the same is tried on a table with one row for each answer: there it must succeed each time.
"""

from __future__ import annotations

import math
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy import text

from bench.pulse import Blind, Recovered
from portal import create_app
from portal.blueprints.pulse import queries, service
from portal.cli.database import bring_up_to_date
from portal.config import Settings
from portal.core import clock
from portal.core.db import db, transaction
from tests import postgres
from tests.factories.pulse import desk_of

PEOPLE = 50
DOUBT = 1e-6  # so seldom would chance alone go beyond the bound
LOOKS = 300


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a copy shows of a slip."""

    token: str
    sealed: bytes
    place: tuple[object, ...]  # rowid and last place in the files; xmin and ctid


Copy = Sequence[Row]
Guess = Callable[[Copy, Copy, Random], str]


def attack(full: bool) -> list[str]:
    """Attack rounds on both databases, and look at the time that pages take."""
    rounds = 10 if full else 1
    lines = []
    for name, scene in (("SQLite", _sqlite), ("PostgreSQL", _postgres)) if full else (("SQLite", _sqlite),):
        with scene() as copy:
            hits: Counter[str] = sum((_attack_round(copy, Random(seed)) for seed in range(rounds)), Counter())
            lines.append(_judged(name, hits, tries=rounds * PEOPLE))
            lines.append(_times(name))
    lines.append(_one_row_each())
    return lines


def _attack_round(copy: Callable[[], Copy], chance: Random) -> Counter[str]:
    """Let everybody answer in some order, and guess after each answer."""
    with transaction():
        round_id = service.begin_round(opens_at=clock.now(), closes_at=clock.now() + timedelta(days=4))
        tokens = {person: service.token(round_id, person) for person in range(PEOPLE)}
        cohort = {tokens[person]: team for person, team in desk_of().items()}
        service.open_round(round_id, cohort, {f"mark-{person}": team for person, team in desk_of().items()})
    hits: Counter[str] = Counter()
    before, shown = copy(), _shown()
    for person in chance.sample(range(PEOPLE), PEOPLE):
        with transaction():
            note = "A word about the lift. " * chance.randrange(20)
            service.answer(round_id, tokens[person], value=chance.randrange(1, 6), note=note)
        if _shown() != shown:
            raise Recovered("what everybody sees has changed while somebody answered")
        after = copy()
        for name, guess in GUESSES.items():
            hits[name] += guess(before, after, chance) == tokens[person]
        before = after
    with transaction():
        service.close_round(round_id)
    if _shown() == shown:
        raise Blind("a round was counted, and looking did not show it")
    return hits


def _shown() -> str:
    """Give all that pages know of the pulse: looked at after each answer, as one who polls does."""
    db.session.expire_all()
    return repr((queries.current_round(), queries.publications(20), queries.cells(), queries.published_notes()))


def _changed(before: Copy, after: Copy, chance: Random) -> str:
    known = {row.token: row.sealed for row in before}
    return _any([row for row in after if known.get(row.token) != row.sealed] or after, chance)


def _odd_size(_before: Copy, after: Copy, chance: Random) -> str:
    sizes = Counter(len(row.sealed) for row in after)
    rarest = min(sizes, key=sizes.__getitem__)
    return _any([row for row in after if len(row.sealed) == rarest], chance)


def _moved_most(before: Copy, after: Copy, chance: Random) -> str:
    """Take the row whose place among the others has changed most."""
    ranks = {row.token: rank for rank, row in enumerate(sorted(before, key=lambda row: row.place))}
    moves = {
        row.token: abs(ranks.get(row.token, -1) - rank)
        for rank, row in enumerate(sorted(after, key=lambda row: row.place))
    }
    return _any([row for row in after if moves[row.token] == max(moves.values())], chance)


def _last(_before: Copy, after: Copy, _chance: Random) -> str:
    return max(after, key=lambda row: row.place).token


def _first(_before: Copy, after: Copy, _chance: Random) -> str:
    return min(after, key=lambda row: row.place).token


def _most_bits(before: Copy, after: Copy, _chance: Random) -> str:
    """Take the row of which most has changed: a slip that says something else ought to be less like itself."""
    known = {row.token: row.sealed for row in before}
    return max(after, key=lambda row: _difference(known.get(row.token, b""), row.sealed)).token


GUESSES: Mapping[str, Guess] = {
    "what changed": _changed,
    "size": _odd_size,
    "moved": _moved_most,
    "last": _last,
    "first": _first,
    "most bits": _most_bits,
}


def _difference(one: bytes, other: bytes) -> int:
    return sum((a ^ b).bit_count() for a, b in zip(one, other, strict=False)) + 8 * abs(len(one) - len(other))


def _any(rows: Sequence[Row], chance: Random) -> str:
    return chance.choice([row.token for row in rows])


def _judged(name: str, hits: Mapping[str, int], *, tries: int) -> str:
    most = _bound(tries, 1 / PEOPLE)
    found = ", ".join(f"{guess} {hits[guess]}" for guess in GUESSES)
    line = (
        f"{name}: of {tries} answers these are joined to their slips: {found}. Chance gives {tries / PEOPLE:.0f}, and "
        f"more than {most} once in {1 / DOUBT:,.0f}."
    )
    if max(hits.values()) > most:
        raise Recovered(line)
    return line


def _bound(tries: int, share: float) -> int:
    """Give the number of hits that chance goes beyond no more often than DOUBT."""
    tail, hits = 1.0, -1
    while tail > DOUBT:
        hits += 1
        tail -= math.comb(tries, hits) * share**hits * (1 - share) ** (tries - hits)
    return hits


# --- copies


@contextmanager
def _portal(folder: Path, database: str) -> Iterator[None]:
    app = create_app(Settings(folder=folder, database=database, testing=True, base_url="http://localhost"))
    bring_up_to_date(app)
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


@contextmanager
def _sqlite() -> Iterator[Callable[[], Copy]]:
    with tempfile.TemporaryDirectory(prefix="tunet-attack-") as name, _portal(Path(name), ""):
        file = Path(name) / "tunet.sqlite"
        yield lambda: _copy_of_files(file)


def _copy_of_files(file: Path) -> Copy:
    raw = [path.read_bytes() for path in (file, file.with_name(f"{file.name}-wal")) if path.exists()]
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
        rows = connection.execute("SELECT token, sealed, rowid FROM pulse_ballot").fetchall()
    places = {token: tuple(each.rfind(sealed[-32:]) for each in raw) for token, sealed, _ in rows}
    return [Row(token=token, sealed=sealed, place=(*places[token][::-1], rowid)) for token, sealed, rowid in rows]


@contextmanager
def _postgres() -> Iterator[Callable[[], Copy]]:
    with ExitStack() as stack:
        url = stack.enter_context(postgres.running())
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="tunet-attack-"))
        stack.enter_context(_portal(Path(name), url))
        yield _copy_of_rows


def _copy_of_rows() -> Copy:
    query = "SELECT token, sealed, xmin::text::bigint, (ctid::text::point)[0], (ctid::text::point)[1] FROM pulse_ballot"
    with db.engine.connect() as connection:
        return [
            Row(token=token, sealed=bytes(sealed), place=(xmin, page, line))
            for token, sealed, xmin, page, line in connection.execute(text(query))
        ]


# --- time


def _times(name: str) -> str:
    """Look, over and over, as one who has answered and as one who has not: which was which?"""
    with transaction():
        round_id = service.begin_round(opens_at=clock.now(), closes_at=clock.now() + timedelta(days=4))
        tokens = {person: service.token(round_id, person) for person in range(PEOPLE)}
        service.open_round(round_id, dict.fromkeys(tokens.values(), 1), {})
        service.answer(round_id, tokens[0], value=1, note="A long word about the lift. " * 15)
    taken: dict[int, list[float]] = {0: [], 1: []}
    chance = Random(1)
    for _ in range(LOOKS):
        for person in chance.sample((0, 1), 2):
            db.session.remove()
            began = time.perf_counter()
            queries.current_round()
            service.my_answer(round_id, tokens[person])
            taken[person].append(time.perf_counter() - began)
    with transaction():
        service.close_round(round_id)
    share = _share_of_longer(taken[0], taken[1])
    slack = 5 * math.sqrt((2 * LOOKS + 1) / (12 * LOOKS * LOOKS))  # five standard deviations, if both are alike
    medians = "/".join(f"{statistics.median(times) * 1e3:.2f}" for times in taken.values())
    line = (
        f"{name}: a look takes {medians} ms (answered/not); the longer one was that of the one who had answered in "
        f"{share:.3f} of the pairs, and 0.5 ± {slack:.3f} is chance."
    )
    if abs(share - 0.5) > slack:
        raise Recovered(line)
    return line


def _share_of_longer(ones: Sequence[float], others: Sequence[float]) -> float:
    wins = sum((one > other) + 0.5 * (one == other) for one in ones for other in others)
    return wins / (len(ones) * len(others))


# --- what must fall


def _one_row_each() -> str:
    """Try the same guesses on a table that has a row for each answer."""
    chance, rows, hits = Random(1), list[Row](), 0
    for person in chance.sample(range(PEOPLE), PEOPLE):
        before = list(rows)
        rows.append(Row(token=f"row-{person}", sealed=chance.randbytes(300), place=(len(rows),)))
        hits += _changed(before, rows, chance) == f"row-{person}"
    line = f"One row for each answer, as the control: {hits} of {PEOPLE} are joined."
    if hits < PEOPLE:
        raise Blind(line)
    return line
