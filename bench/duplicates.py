"""Measure «has this been asked before?» on questions whose duplicates people have linked: bench duplicates FOLDER

FOLDER (or the variable DUPLICATES) holds travel.jsonl (id, title, body) and links.tsv (duplicate, original). Every
question is indexed as a board would index it. Each duplicate of a link whose both ends are there is then asked by its
title, and by the first 70 % of its title's characters, as when it is being typed. A link counts as found when its
original is among the first five; the question itself never counts as a hit. A duplicate with two originals is two
links, and what stands in the place of the original, another duplicate of it, counts as a miss.

«plain» is FTS5 as it comes over title and body, any of the words, bm25. «ours» knows nothing of the links. For «ours,
earlier links» the questions are asked in the order they were written; each is marked as a duplicate after it has been
asked and before the next one is, so that only what was linked of older questions is known, and never its own link.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from time import perf_counter

from bench.search import Anybody, house
from portal.blueprints.search import queries, service
from portal.blueprints.search.rules import tokens
from portal.core.db import db, transaction
from tests import postgres

DEPTH = 5
TYPED = 0.7
Search = Callable[[str, int], Sequence[int]]


@dataclass(frozen=True, kw_only=True)
class Board:
    """Questions by their number, and which of them people have said ask the same (duplicate, original)."""

    questions: dict[int, tuple[str, str]]
    links: tuple[tuple[int, int], ...]


def read(folder: Path) -> Board:
    """Read the questions, and the links whose both ends are there."""
    with (folder / "travel.jsonl").open(encoding="utf-8") as file:
        questions = {int(each["id"]): (each["title"], each["body"]) for each in map(json.loads, file)}
    with (folder / "links.tsv").open(encoding="utf-8") as file:
        pairs = [tuple(map(int, line.split("\t"))) for line in file.readlines()[1:]]
    links = sorted((pair[0], pair[1]) for pair in pairs if pair[0] in questions and pair[1] in questions)
    return Board(questions=questions, links=tuple(links))


def fill(board: Board) -> None:
    """Index the questions, and let a night pass."""
    numbered = sorted(board.questions.items())
    for start in range(0, len(numbered), 500):
        with transaction():
            for number, (title, body) in numbered[start : start + 500]:
                service.index(kind="question", ref=number, title=title, body=body)
    for step in nights():
        with transaction():
            step()


def nights() -> Iterator[Callable[[], None]]:
    """Say what a night does with the index."""
    yield service.rebuild_vocabulary
    for _chunk in service.refold():
        yield lambda: None
    yield service.sweep


def ours(text: str, number: int) -> Sequence[int]:
    """Find as the portal does while somebody writes."""
    hits = queries.similar(Anybody(), text, kinds=("question",), limit=DEPTH, exclude=("question", number))
    return [hit.ref for hit in hits]


def plain(board: Board) -> Search:
    """Give FTS5 as it comes."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE plain USING fts5 (title, body)")
    rows = [(number, *texts) for number, texts in board.questions.items()]
    connection.executemany("INSERT INTO plain (rowid, title, body) VALUES (?, ?, ?)", rows)

    def search(text: str, number: int) -> Sequence[int]:
        words = " OR ".join(f'"{word.text}"' for word in tokens.words(text)) or '""'
        asked = "SELECT rowid FROM plain WHERE plain MATCH ? AND rowid <> ? ORDER BY rank LIMIT ?"
        return [row[0] for row in connection.execute(asked, (words, number, DEPTH))]

    return search


def measure(name: str, search: Search, board: Board, learn: Callable[[int, int], None] | None = None) -> None:
    """Ask every duplicate, whole and half-typed, and print how often its original came among the first five."""
    found, times = {1.0: 0, TYPED: 0}, []
    for duplicate, links in groupby(board.links, key=lambda link: link[0]):
        originals, title = [original for _, original in links], board.questions[duplicate][0]
        for share in found:
            began = perf_counter()
            hits = search(title[: int(len(title) * share)], duplicate)
            times.append(1000 * (perf_counter() - began))
            found[share] += sum(original in hits for original in originals)
        if learn:
            learn(duplicate, originals[-1])
    quantiles = statistics.quantiles(times, n=20)
    figures = " ".join(f"{each / len(board.links):10.3f}" for each in found.values())
    print(f"{name:28} {figures} {quantiles[9]:8.1f} {quantiles[18]:8.1f}", flush=True)


def link(board: Board) -> Callable[[int, int], None]:
    """Give what marks a question as a duplicate, as the board does it."""

    def learn(duplicate: int, original: int) -> None:
        title, body = board.questions[duplicate]
        with transaction():
            service.index(kind="question", ref=duplicate, title=title, body=body, leads_to=("question", original))

    return learn


def run(engine: str, url: str, board: Board) -> None:
    """Measure one engine."""
    with tempfile.TemporaryDirectory() as folder, house(url or f"sqlite:///{folder}/bench.sqlite", Path(folder)):
        fill(board)
        measure(f"{engine} ours", ours, board)
        measure(f"{engine} ours, earlier links", ours, board, learn=link(board))
        db.session.rollback()


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get("DUPLICATES"))
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    given = parser.parse_args()
    if given.folder is None or not (Path(given.folder) / "travel.jsonl").exists():
        print("Skipped: give the folder that holds travel.jsonl and links.tsv, or set DUPLICATES to it.")
        return
    board = read(Path(given.folder))
    print(f"# {len(board.questions)} questions, {len(board.links)} links, recall at {DEPTH}")
    print(f"{'method':28} {'title':>10} {'70 % typed':>10} {'p50 ms':>8} {'p95 ms':>8}")
    measure("plain FTS5", plain(board), board)
    if given.engine in {"sqlite", "both"}:
        run("sqlite", "", board)
    if given.engine in {"postgres", "both"}:
        with postgres.running() as url:
            run("postgres", url, board)


if __name__ == "__main__":
    main()
