"""Let processes claim the same questions at the same moment: python -m bench claims --count 10000.

Before every question the processes wait for each other, then press «I am looking at it» together. Afterwards what each
was told is compared with what the database says. The goal is exactly one owner each, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert, select

from portal import create_app
from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.rules.states import State
from portal.blueprints.questions.service import claims
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
class Press:
    """What one colleague was told of one question, and the seconds it took."""

    question_id: int
    has_it: bool
    took: float


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a race."""

    questions: int
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
        """Tell whether every question has exactly one owner."""
        return self.one_owner == self.questions


def main() -> None:
    """Race on both databases and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--database", choices=("both", "sqlite", "postgres"), default="both")
    wanted = parser.parse_args()
    names = ("sqlite", "postgres") if wanted.database == "both" else (wanted.database,)
    print(HEAD)
    are_right = []
    for name in names:
        with database(name) as url:
            outcome = race(url, count=wanted.count, processes=wanted.processes)
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


def race(url: str, *, count: int, processes: int = 2) -> Outcome:
    """Let processes claim as many questions, each in the same moment, and compare."""
    with tempfile.TemporaryDirectory(prefix="tunet-claims-") as folder:
        app = open_app(url, folder)
        bring_up_to_date(app)
        people, questions = furnish(app, people=processes, questions=count)
        began = time.monotonic()
        told = run(url, folder, people=people, questions=questions)
        seconds = time.monotonic() - began
        with app.app_context():
            rows = db.session.execute(select(Question.id, Question.claimed_by_id))
            owners = {question_id: person_id for question_id, person_id in rows}
            db.session.remove()  # what is still in use when the pool is emptied stays open
            db.engine.dispose()
    return compare(told, owners, seconds=seconds)


def open_app(url: str, folder: str) -> Flask:
    """Put the portal together on a database."""
    return create_app(Settings(folder=Path(folder), database=url, testing=True))


def furnish(app: Flask, *, people: int, questions: int) -> tuple[list[int], list[int]]:
    """Make colleagues who claim, and questions that wait."""
    with app.app_context(), transaction() as session:
        colleagues = [
            Person(name=f"Kollega {number}", email=f"k{number}@example.org", username=f"k{number}")
            for number in range(people)
        ]
        session.add_all(colleagues)
        session.flush()
        waiting = {"author_id": colleagues[0].id, "state": State.OPEN, "created_at": clock.now()}
        rows = [{"title": f"Spørsmål {number}", **waiting} for number in range(questions)]
        session.execute(insert(Question), rows)
        return [each.id for each in colleagues], list(session.scalars(select(Question.id).order_by(Question.id)))


def run(url: str, folder: str, *, people: Sequence[int], questions: Sequence[int]) -> dict[int, list[Press]]:
    """Start a process for each colleague and give what each was told."""
    spawn = multiprocessing.get_context("spawn")
    together, results = spawn.Barrier(len(people)), spawn.Queue()
    started = [
        spawn.Process(target=claim_all, args=(url, folder, person_id, list(questions), together, results), daemon=True)
        for person_id in people
    ]
    for process in started:
        process.start()
    told = dict(results.get(timeout=PATIENCE + len(questions)) for _ in started)
    for process in started:
        process.join()
    return told


def claim_all(url: str, folder: str, person_id: int, questions: Sequence[int], together: Any, results: Any) -> None:
    """Be one of the processes: press, question by question, at the same moment as the others."""
    colleague, told = Colleague(id=person_id), []
    with open_app(url, folder).app_context():
        for question_id in questions:
            together.wait(PATIENCE)
            began = time.monotonic()
            has_it = press_once(colleague, question_id)
            told.append(Press(question_id=question_id, has_it=has_it, took=time.monotonic() - began))
        db.engine.dispose()
    results.put((person_id, told))
    results.close()
    results.join_thread()
    os._exit(0)  # threads of the app must not keep the process


def press_once(colleague: Colleague, question_id: int) -> bool:
    """Press as a request would, in a transaction of its own; tell whether one has it."""
    try:
        with transaction():
            claims.claim(colleague, question_id)
    except Conflict:
        return False
    finally:
        db.session.remove()
    return True


def compare(told: dict[int, list[Press]], owners: dict[int, int | None], *, seconds: float) -> Outcome:
    """Compare what the processes were told with who is written down."""
    winners: dict[int, list[int]] = {question_id: [] for question_id in owners}
    for person_id, presses in told.items():
        for press in presses:
            if press.has_it:
                winners[press.question_id].append(person_id)
    by_count = Counter(min(len(who), 2) for who in winners.values())
    wrong = sum(len(who) == 1 and who[0] != owners[question_id] for question_id, who in winners.items())
    took = sorted(press.took for presses in told.values() for press in presses)
    return Outcome(
        questions=len(owners),
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
