"""Measure the search on real support articles: python -m bench.search FOLDER [--engine sqlite|postgres|both]

FOLDER (or the variable KB_NB) holds articles.jsonl and queries.jsonl: for each article its title in Bokmål, Nynorsk and
English. The titles are asked for, the bodies without their first heading are searched, and the right answer is the
article the title belongs to. «plain» is the same engine with its words as they are, any of them, ranked its own way.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from portal import create_app
from portal.blueprints.search import queries, service
from portal.blueprints.search.rules import parsing, tokens
from portal.config import Settings
from portal.core import markdown
from portal.core.db import db, transaction
from tests import postgres

LANGUAGES = ("nb", "nn", "en")
DEPTH = 10
Search = Callable[[str], Sequence[int]]


@dataclass(frozen=True)
class Anybody:
    """A reader with no roles."""

    id: int = 0
    locale: str = "nn"
    roles: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        """Tell that nothing is permitted."""
        return not permission


def bodies(folder: Path) -> dict[str, str]:
    """Read the articles without their first heading, which is the title that is asked for."""
    found = {}
    with (folder / "articles.jsonl").open(encoding="utf-8") as file:
        for article in map(json.loads, file):
            lines = article["body_markdown"].splitlines()
            first = next((number for number, line in enumerate(lines) if line.startswith("#")), None)
            kept = [line for number, line in enumerate(lines) if number != first]
            found[article["id"]] = markdown.plain("\n".join(kept))
    return found


@contextmanager
def house(url: str, folder: Path) -> Iterator[None]:
    """Give an empty, migrated portal."""
    app = create_app(Settings(folder=folder, database=url, testing=True, base_url="http://localhost"))
    with app.app_context():
        with db.engine.connect() as connection:
            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
        yield
        db.session.remove()
        db.engine.dispose()


def fill(texts: Sequence[str], times: int) -> None:
    """Index the texts, so many times over, and let a night pass."""
    numbered = list(enumerate(texts * times))
    for start in range(0, len(numbered), 500):
        with transaction():
            for number, body in numbered[start : start + 500]:
                service.index(kind="article", ref=number, title="", body=body)
    with transaction():
        service.rebuild_vocabulary()
    for _chunk in service.refold():
        with transaction():
            pass
    with transaction():
        service.sweep()


def ours(query: str) -> Sequence[int]:
    """Find as the portal does."""
    return [hit.ref for hit in queries.find(Anybody(), query, limit=DEPTH)]


def plain_sqlite(texts: Sequence[str]) -> Search:
    """Give FTS5 as it comes: unicode61, any of the words, bm25."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE plain USING fts5 (body)")
    connection.executemany("INSERT INTO plain (rowid, body) VALUES (?, ?)", list(enumerate(texts)))

    def search(query: str) -> Sequence[int]:
        words = " OR ".join(f'"{word.text}"' for word in tokens.words(query)) or '""'
        asked = "SELECT rowid FROM plain WHERE plain MATCH ? ORDER BY rank LIMIT ?"
        return [row[0] for row in connection.execute(asked, (words, DEPTH))]

    return search


def plain_postgres(texts: Sequence[str]) -> Search:
    """Give tsvector as it comes: the configuration «simple», any of the words, ts_rank."""
    with transaction() as session:
        session.execute(text("CREATE TABLE plain (id int PRIMARY KEY, body tsvector)"))
        rows = [{"id": number, "body": body} for number, body in enumerate(texts)]
        session.execute(text("INSERT INTO plain VALUES (:id, to_tsvector('simple', :body))"), rows)
        session.execute(text("CREATE INDEX plain_body ON plain USING gin (body)"))
    wish = text(
        "SELECT id FROM plain WHERE body @@ CAST(:words AS tsquery) "
        "ORDER BY ts_rank(body, CAST(:words AS tsquery), 1) DESC LIMIT :depth"
    )

    def search(query: str) -> Sequence[int]:
        words = " | ".join(f"'{word.text}'" for word in tokens.words(query))
        return [row[0] for row in db.session.execute(wish, {"words": words, "depth": DEPTH})]

    return search


def measure(name: str, search: Search, asked: Sequence[dict[str, str]], places: dict[str, int], *, size: int) -> None:
    """Ask every title in every language and print how often the right article came first, and how long it took."""
    for language in LANGUAGES:
        ranks, wall, work = [], [], []
        for each in asked:
            wall_start, work_start = perf_counter(), process_time()
            found = [number % size for number in search(each[language][: parsing.LONGEST_QUERY])]
            wall.append(1000 * (perf_counter() - wall_start))
            work.append(1000 * (process_time() - work_start))
            right = places[each["id"]]
            ranks.append(found.index(right) + 1 if right in found else 0)
        recalls = [sum(1 for rank in ranks if 0 < rank <= depth) / len(ranks) for depth in (1, 5, 10)]
        mean = sum(1 / rank for rank in ranks if rank) / len(ranks)
        quantiles = statistics.quantiles(wall, n=20)
        print(
            f"{name:18} {language:3} " + " ".join(f"{value:6.3f}" for value in (*recalls, mean)),
            f"{quantiles[9]:8.1f} {quantiles[18]:8.1f} {statistics.median(work):8.1f}",
            flush=True,
        )


def run(engine: str, url: str, given: argparse.Namespace) -> None:
    """Measure one engine."""
    texts = bodies(given.folder)
    places = {identity: number for number, identity in enumerate(texts)}
    with (given.folder / "queries.jsonl").open(encoding="utf-8") as file:
        asked = [each for each in map(json.loads, file) if each["id"] in places][:: given.step]
    with tempfile.TemporaryDirectory() as folder, house(url or f"sqlite:///{folder}/bench.sqlite", Path(folder)):
        started = perf_counter()
        fill(list(texts.values()), given.times)
        print(f"# {engine}: {len(texts) * given.times} documents indexed in {perf_counter() - started:.1f} s")
        plain = plain_sqlite(list(texts.values())) if engine == "sqlite" else plain_postgres(list(texts.values()))
        if given.times == 1:
            measure(f"{engine} plain OR", plain, asked, places, size=len(texts))
        measure(f"{engine} ours", ours, asked, places, size=len(texts))
        db.session.rollback()


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get("KB_NB"))
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--step", type=int, default=1, help="ask every n-th question only")
    parser.add_argument(
        "--times", type=int, default=1, help="index every article so many times, to measure time at size"
    )
    given = parser.parse_args()
    if given.folder is None or not (Path(given.folder) / "articles.jsonl").exists():
        print("Skipped: give the folder that holds articles.jsonl and queries.jsonl, or set KB_NB to it.")
        sys.exit(0)
    given.folder = Path(given.folder)
    print(
        f"{'method':18} {'':3} {'R@1':>6} {'R@5':>6} {'R@10':>6} {'MRR':>6} {'p50 ms':>8} {'p95 ms':>8} {'cpu ms':>8}"
    )
    if given.engine in {"sqlite", "both"}:
        run("sqlite", "", given)
    if given.engine in {"postgres", "both"}:
        with postgres.running() as url:
            run("postgres", url, given)


if __name__ == "__main__":
    main()
