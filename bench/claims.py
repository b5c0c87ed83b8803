"""Let processes claim the same things at the same moment: python -m bench claims --count 10000 --of questions.

Before every question the processes wait for each other, then press «I am looking at it» together; of calls for help
(--of calls) they press «I can help». Afterwards what each was told is compared with what the database says. The goal
is exactly one owner each, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, update

from portal import create_app
from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.rules.states import State
from portal.blueprints.questions.service import claims
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.rules.calls import State as CallState
from portal.blueprints.urgent.service import calls
from portal.cli.database import bring_up_to_date
from portal.config import Settings
from portal.core import clock
from portal.core.db import db, transaction
from portal.core.errors import Conflict
from tests import postgres

HEAD = f"{'':12}{'claims':>8}{'one owner':>11}{'none':>6}{'several':>9}{'wrong':>7}{'seconds':>9}{'p95 ms':>8}  won by"
PATIENCE = 120  # seconds until a process that waits for another gives up


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Who presses."""

    id: int
    locale: str = "nn"

    def may(self, _permission: str) -> bool:
        """Hold no permission."""
        return False


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What is raced for: how so many are made, how one is claimed and by whom it is, and what comes before each."""

    make: Callable[[int, int], None]  # whose they are, and how many
    press: Callable[[Colleague, int], None]
    owners: Callable[[], dict[int, int | None]]
    prepare: Callable[[int], None]  # done by one process before all of them press


def make_questions(author_id: int, count: int) -> None:
    """Make questions that wait."""
    waiting = {"author_id": author_id, "state": State.OPEN, "created_at": clock.now()}
    rows = [{"title": f"Spørsmål {number}", **waiting} for number in range(count)]
    db.session.execute(insert(Question), rows)


def owners_of_questions() -> dict[int, int | None]:
    """Give who looks at each question."""
    return {
        question_id: owner for question_id, owner in db.session.execute(select(Question.id, Question.claimed_by_id))
    }


def make_calls(asker_id: int, count: int) -> None:
    """Make calls of one asker, who has one hand in the air at a time."""
    over = {"asker_id": asker_id, "state": CallState.OVER, "rung_at": clock.now(), "created_at": clock.now()}
    db.session.execute(insert(HelpCall), [{"text": f"Rop {number}", **over} for number in range(count)])


def owners_of_calls() -> dict[int, int | None]:
    """Give who came to each call."""
    return {call_id: owner for call_id, owner in db.session.execute(select(HelpCall.id, HelpCall.taken_by_id))}


def raise_next(call_id: int) -> None:
    """Let the hand before come down, and this one go up."""
    with transaction() as session:
        session.execute(update(HelpCall).where(HelpCall.state != CallState.OVER).values(state=CallState.OVER))
        up = update(HelpCall).where(HelpCall.id == call_id)
        session.execute(up.values(state=CallState.RINGING, rung_at=clock.now()))
    db.session.remove()


KINDS: Mapping[str, Kind] = {
    "questions": Kind(
        make=make_questions, press=claims.claim, owners=owners_of_questions, prepare=lambda _question_id: None
    ),
    "calls": Kind(make=make_calls, press=calls.come, owners=owners_of_calls, prepare=raise_next),
}


@dataclass(frozen=True, kw_only=True)
class Press:
    """What one colleague was told of one thing, and the seconds it took."""

    thing_id: int
    has_it: bool
    took: float


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a race."""

    things: int
    presses: int
    seconds: float
    one_owner: int  # told one, and one is written down, and it is the same
    none: int
    several: int
    wrong: int  # somebody else is written down than who was told
    wins: Sequence[int]  # of each process: how fair it was
    slowest_ms: float  # 95 of 100 presses were quicker

    @property
    def is_right(self) -> bool:
        """Tell whether everything has exactly one owner."""
        return self.one_owner == self.things


def main() -> None:
    """Race on both databases and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--database", choices=("both", "sqlite", "postgres"), default="both")
    parser.add_argument("--of", choices=tuple(KINDS), default="questions")
    wanted = parser.parse_args()
    names = ("sqlite", "postgres") if wanted.database == "both" else (wanted.database,)
    print(HEAD)
    are_right = []
    for name in names:
        with database(name) as url:
            outcome = race(url, count=wanted.count, processes=wanted.processes, of=wanted.of)
        tell(name, outcome)
        are_right.append(outcome.is_right)
    if not all(are_right):
        sys.exit(1)


def tell(name: str, outcome: Outcome) -> None:
    """Print one line of the table."""
    print(
        f"{name:12}{outcome.presses:8}{outcome.one_owner:11}{outcome.none:6}{outcome.several:9}{outcome.wrong:7}"
        f"{outcome.seconds:9.1f}{outcome.slowest_ms:8.1f}  {' : '.join(map(str, outcome.wins))}",
        flush=True,
    )


@contextmanager
def database(name: str) -> Iterator[str]:
    """Give an empty database."""
    if name == "postgres":
        with postgres.running() as url:
            yield url
    else:
        with tempfile.TemporaryDirectory(prefix="tunet-claims-") as folder:
            yield f"sqlite:///{folder}/tunet.sqlite"


def race(url: str, *, count: int, processes: int = 2, of: str = "questions") -> Outcome:
    """Let processes claim as many things, each in the same moment, and compare."""
    with tempfile.TemporaryDirectory(prefix="tunet-claims-") as folder:
        app = open_app(url, folder)
        bring_up_to_date(app)
        people, things = furnish(app, KINDS[of], people=processes, count=count)
        began = time.monotonic()
        told = run(url, folder, of=of, people=people, things=things)
        seconds = time.monotonic() - began
        with app.app_context():
            owners = KINDS[of].owners()
            db.session.remove()  # what is still in use when the pool is emptied stays open
            db.engine.dispose()
    return compare(told, owners, seconds=seconds)


def open_app(url: str, folder: str) -> Flask:
    """Put the portal together on a database."""
    return create_app(Settings(folder=Path(folder), database=url, testing=True))


def furnish(app: Flask, kind: Kind, *, people: int, count: int) -> tuple[list[int], list[int]]:
    """Make colleagues who claim, and things that wait: they are all of one who does not."""
    with app.app_context(), transaction() as session:
        colleagues = [
            Person(name=f"Kollega {number}", email=f"k{number}@example.org", username=f"k{number}")
            for number in range(people + 1)
        ]
        session.add_all(colleagues)
        session.flush()
        kind.make(colleagues[-1].id, count)
        return [each.id for each in colleagues[:-1]], sorted(kind.owners())


def run(url: str, folder: str, *, of: str, people: Sequence[int], things: Sequence[int]) -> dict[int, list[Press]]:
    """Start a process for each colleague and give what each was told."""
    spawn = multiprocessing.get_context("spawn")
    together, results = spawn.Barrier(len(people)), spawn.Queue()
    started = [
        spawn.Process(target=claim_all, args=(url, folder, of, person_id, list(things), together, results), daemon=True)
        for person_id in people
    ]
    for process in started:
        process.start()
    told = dict(results.get(timeout=PATIENCE + len(things)) for _ in started)
    for process in started:
        process.join()
    return told


def claim_all(
    url: str, folder: str, of: str, person_id: int, things: Sequence[int], together: Any, results: Any
) -> None:
    """Be one of the processes: press, thing by thing, at the same moment as the others."""
    colleague, told, kind = Colleague(id=person_id), [], KINDS[of]
    with open_app(url, folder).app_context():
        for thing_id in things:
            if together.wait(PATIENCE) == 0:
                kind.prepare(thing_id)
            together.wait(PATIENCE)
            began = time.monotonic()
            has_it = press_once(kind, colleague, thing_id)
            told.append(Press(thing_id=thing_id, has_it=has_it, took=time.monotonic() - began))
        db.engine.dispose()
    results.put((person_id, told))
    results.close()
    results.join_thread()
    os._exit(0)  # threads of the app must not keep the process


def press_once(kind: Kind, colleague: Colleague, thing_id: int) -> bool:
    """Press as a request would, in a transaction of its own; tell whether one has it."""
    try:
        with transaction():
            kind.press(colleague, thing_id)
    except Conflict:
        return False
    finally:
        db.session.remove()
    return True


def compare(told: dict[int, list[Press]], owners: dict[int, int | None], *, seconds: float) -> Outcome:
    """Compare what the processes were told with who is written down."""
    winners: dict[int, list[int]] = {thing_id: [] for thing_id in owners}
    for person_id, presses in told.items():
        for press in presses:
            if press.has_it:
                winners[press.thing_id].append(person_id)
    by_count = Counter(min(len(who), 2) for who in winners.values())
    wrong = sum(len(who) == 1 and who[0] != owners[thing_id] for thing_id, who in winners.items())
    took = sorted(press.took for presses in told.values() for press in presses)
    return Outcome(
        things=len(owners),
        presses=len(took),
        seconds=seconds,
        one_owner=by_count[1] - wrong,
        none=by_count[0],
        several=by_count[2],
        wrong=wrong,
        wins=[sum(press.has_it for press in presses) for presses in told.values()],
        slowest_ms=took[int(len(took) * 0.95)] * 1000,
    )


if __name__ == "__main__":
    main()
