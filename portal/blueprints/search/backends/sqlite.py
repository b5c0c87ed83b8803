"""The index in SQLite: two FTS5 tables over the rows of search_document, whose text they do not store again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from portal.blueprints.search.ports import Scope
from portal.blueprints.search.rules import ranking, spelling
from portal.blueprints.search.rules.parsing import Wanted
from portal.blueprints.search.rules.ranking import Candidate

COLUMNS = "title_keys, body_keys, title_words, body_words"
TABLES = {"search_index": COLUMNS, "search_trigram": "title_keys, body_keys"}
ALIASES = {"scope": "s", "original": "original", "further": "further"}
KEYS, WORDS = "{title_keys body_keys}", "{title_words body_words}"

# Walked from the newest row, so that the limit bounds the work whatever is asked for; CROSS JOIN holds SQLite to it.
# The best are chosen by their numbers alone: a document's text is long, and is read for those only.
_CANDIDATES = """
    SELECT d.id, d.title_keys, d.body_keys, d.title_words, d.body_words,
           coalesce(further.id, original.id) AS leads_to FROM (SELECT id, score FROM (
        SELECT search_index.rowid AS id, bm25(search_index, 3.0, 1.0, 0.8, 0.3) AS score
        FROM search_index CROSS JOIN search_document s ON s.id = search_index.rowid
        WHERE search_index MATCH :match AND {scope}
        ORDER BY search_index.rowid DESC LIMIT :most
    ) ORDER BY score, id DESC LIMIT :limit) AS found CROSS JOIN search_document d ON d.id = found.id
    LEFT JOIN search_document original
        ON original.kind = d.leads_to_kind AND original.ref = d.leads_to_ref AND {original}
    LEFT JOIN search_document further
        ON further.kind = original.leads_to_kind AND further.ref = original.leads_to_ref AND {further}
    ORDER BY found.score, found.id DESC
"""
_RESEMBLING = """
    SELECT d.id, d.title_keys, d.body_keys, d.title_words, d.body_words FROM (
        SELECT search_trigram.rowid AS id, bm25(search_trigram, 3.0, 1.0) AS score
        FROM search_trigram CROSS JOIN search_document s ON s.id = search_trigram.rowid
        WHERE search_trigram MATCH :match AND {scope}
        ORDER BY score LIMIT :limit
    ) AS found CROSS JOIN search_document d ON d.id = found.id
    ORDER BY found.score, found.id DESC
"""


class SqliteIndex:
    """FTS5 with bm25 for finding, and ranking.py for the order."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, ids: Sequence[int]) -> None:
        """Put documents into both tables."""
        for table, columns in TABLES.items():
            statement = f"INSERT INTO {table} (rowid, {columns}) SELECT id, {columns} FROM search_document"  # noqa: S608
            self._for_each(statement, ids)

    def remove(self, ids: Sequence[int]) -> None:
        """Take documents out of both tables; FTS5 wants to be told what it was given."""
        for table, columns in TABLES.items():
            statement = (
                f"INSERT INTO {table} ({table}, rowid, {columns}) "  # noqa: S608
                f"SELECT 'delete', id, {columns} FROM search_document"
            )
            self._for_each(statement, ids)

    def candidates(self, wanted: Wanted, scope: Scope, *, limit: int, most: int) -> list[Candidate]:
        """Match any of the selective terms, weighed by bm25."""
        match = _match(wanted, most)
        if not match:
            return []
        rows = self._ask(_CANDIDATES, scope, match=match, limit=limit, most=most)
        return [Candidate(**row._mapping) for row in rows]

    def resembling(self, wanted: Wanted, scope: Scope, *, limit: int) -> list[Candidate]:
        """Match any three letters of the keys, weighed by bm25."""
        match = " OR ".join(map(_quoted, spelling.trigrams(wanted)))
        rows = self._ask(_RESEMBLING, scope, match=match, limit=limit) if match else ()
        return [Candidate(**row._mapping) for row in rows]

    def sweep(self) -> None:
        """Write both indexes anew: deleting only marks a word as gone."""
        for table in TABLES:
            self._session.execute(text(f"INSERT INTO {table} ({table}) VALUES ('optimize')"))  # noqa: S608

    def _for_each(self, statement: str, ids: Sequence[int]) -> None:
        self._session.execute(
            text(f"{statement} WHERE id IN :ids").bindparams(bindparam("ids", expanding=True)), {"ids": list(ids)}
        )

    def _ask(self, statement: str, scope: Scope, **values: Any) -> Iterable[Any]:
        _, bound = scoped(scope)
        conditions = {name: scoped(scope, alias)[0] for name, alias in ALIASES.items()}
        asked = text(statement.format(**conditions)).bindparams(
            *(bindparam(name, expanding=True) for name, value in bound.items() if isinstance(value, list))
        )
        return self._session.execute(asked, {**values, **bound})


def scoped(scope: Scope, row: str = "s") -> tuple[str, dict[str, Any]]:
    """Say in SQL what may be found, for a document row."""
    condition, values = f"{row}.audience IN :audiences", {"audiences": list(scope.audiences)}
    bound: dict[str, Any] = dict(values)
    if scope.kinds is not None:
        condition += f" AND {row}.kind IN :kinds"
        bound["kinds"] = list(scope.kinds)
    if scope.exclude is not None:
        condition += f" AND NOT ({row}.kind = :exclude_kind AND {row}.ref = :exclude_ref)"
        bound["exclude_kind"], bound["exclude_ref"] = scope.exclude
    return condition, bound


def _match(wanted: Wanted, most: int) -> str:
    """Write the query in FTS5's own words; every term is quoted, so that none is read as syntax."""
    concepts = ranking.selective(wanted.concepts, most)
    keys = _any(_quoted(key) for concept in concepts for key in concept.keys)
    words = _any(_quoted(word) for concept in concepts for word in concept.words)
    either = [f"{columns} : ({terms})" for columns, terms in ((KEYS, keys), (WORDS, words)) if terms]
    if wanted.beginning:
        either.append(f"title_words : {_quoted(wanted.beginning)} *")
    required = [f"({' OR '.join(either)})"] if either else []
    required += [f"({WORDS} : {_quoted(' '.join(phrase))})" for phrase in wanted.phrases]
    if not required:
        return ""
    refused = [f"({KEYS} : {_quoted(key)})" for key in wanted.excluded_keys]
    refused += [f"({WORDS} : {_quoted(' '.join(phrase))})" for phrase in wanted.excluded]
    return f"({' AND '.join(required)})" + "".join(f" NOT {term}" for term in refused)


def _any(terms: Iterable[str]) -> str:
    return " OR ".join(dict.fromkeys(terms))


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
