"""The index in PostgreSQL: the same keys and words as two weighted tsvectors beside each document, under one GIN."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.blueprints.search.ports import Scope
from portal.blueprints.search.rules import ranking, spelling
from portal.blueprints.search.rules.parsing import Concept, Wanted
from portal.blueprints.search.rules.ranking import Candidate

ALIASES = {"scope": "s", "original": "original", "further": "further"}
_ADD = """
    INSERT INTO search_index (document_id, title_keys, keys, words)
    SELECT id, title_keys,
           setweight(to_tsvector('simple', title_keys), 'A') || setweight(to_tsvector('simple', body_keys), 'B'),
           setweight(to_tsvector('simple', title_words), 'A') || setweight(to_tsvector('simple', body_words), 'B')
    FROM search_document WHERE id = ANY(:ids)
"""
# The best are chosen by their vectors alone: a document's text is long, and is read for those only.
_CANDIDATES = """
    SELECT d.id, d.title_keys, d.body_keys, d.title_words, d.body_words,
           coalesce(further.id, original.id) AS leads_to FROM (
        SELECT found.id, {score} AS score FROM (
            SELECT i.document_id AS id, i.keys
            FROM search_index i JOIN search_document s ON s.id = i.document_id
            WHERE {match} AND {scope}
            ORDER BY i.document_id DESC LIMIT :most
        ) AS found
        ORDER BY score DESC, found.id DESC LIMIT :limit
    ) AS best JOIN search_document d ON d.id = best.id
    LEFT JOIN search_document original
        ON original.kind = d.leads_to_kind AND original.ref = d.leads_to_ref AND {original}
    LEFT JOIN search_document further
        ON further.kind = original.leads_to_kind AND further.ref = original.leads_to_ref AND {further}
    ORDER BY best.score DESC, best.id DESC
"""
_RESEMBLING = """
    SELECT s.id, s.title_keys, s.body_keys, s.title_words, s.body_words
    FROM search_index i JOIN search_document s ON s.id = i.document_id, LATERAL (
        SELECT sum(word_similarity(asked.key, i.title_keys)) AS likeness
        FROM unnest(CAST(:keys AS text[])) AS asked(key)
    ) AS found
    WHERE i.title_keys %> ANY(CAST(:keys AS text[])) AND {scope}
    ORDER BY found.likeness DESC, s.id DESC LIMIT :limit
"""
_CONTAINING = """
    SELECT s.id, s.title_keys, s.body_keys, s.title_words, s.body_words FROM search_document s
    WHERE s.title_keys LIKE ANY(CAST(:patterns AS text[])) AND {scope}
    ORDER BY s.id DESC LIMIT :limit
"""


class PostgresIndex:
    """GIN for finding, ts_rank times rarity for the choice of candidates, and ranking.py for the order."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, ids: Sequence[int]) -> None:
        """Write the vectors of documents."""
        self._session.execute(text(_ADD), {"ids": list(ids)})

    def remove(self, ids: Sequence[int]) -> None:
        """Delete the vectors of documents."""
        self._session.execute(text("DELETE FROM search_index WHERE document_id = ANY(:ids)"), {"ids": list(ids)})

    def candidates(self, wanted: Wanted, scope: Scope, *, limit: int, most: int) -> list[Candidate]:
        """Match any of the selective terms, weighed by how rare they are."""
        match, values = _match(wanted, most)
        if not match:
            return []
        score = _score(wanted.concepts, values)
        rows = self._ask(_CANDIDATES, scope, parts={"match": match, "score": score}, limit=limit, most=most, **values)
        return [Candidate(**row._mapping) for row in rows]

    def resembling(self, wanted: Wanted, scope: Scope, *, limit: int) -> list[Candidate]:
        """Compare with the titles by pg_trgm; where it is not installed, look for the keys inside their words."""
        keys = [key for key in spelling.rare_keys(wanted) if len(key) >= 3]
        if not keys:
            return []
        if self.has_trigrams():
            rows = self._ask(_RESEMBLING, scope, parts={}, keys=keys, limit=limit)
        else:
            rows = self._ask(
                _CONTAINING, scope, parts={}, patterns=[f"%{part}%" for part in spelling.trigrams(wanted)], limit=limit
            )
        return [Candidate(**row._mapping) for row in rows]

    def has_trigrams(self) -> bool:
        """Tell whether the database has pg_trgm, which takes the owner's right to install."""
        return bool(self._session.scalar(text("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")))

    def sweep(self) -> None:
        """Tell the planner what the index holds now, without which it chooses badly; the rest is vacuum's own work."""
        self._session.execute(text("ANALYZE search_index, search_document"))

    def _ask(self, statement: str, scope: Scope, *, parts: dict[str, str], **values: Any) -> Iterable[Any]:
        _, bound = scoped(scope)
        conditions = {name: scoped(scope, alias)[0] for name, alias in ALIASES.items()}
        asked = text(statement.format(**conditions, **parts))
        return self._session.execute(asked, {**values, **bound})


def scoped(scope: Scope, row: str = "s") -> tuple[str, dict[str, Any]]:
    """Say in SQL what may be found, for a document row."""
    condition = f"{row}.audience = ANY(:audiences)"
    values: dict[str, Any] = {"audiences": list(scope.audiences)}
    if scope.kinds is not None:
        condition += f" AND {row}.kind = ANY(:kinds)"
        values["kinds"] = list(scope.kinds)
    if scope.exclude is not None:
        condition += f" AND NOT ({row}.kind = :exclude_kind AND {row}.ref = :exclude_ref)"
        values["exclude_kind"], values["exclude_ref"] = scope.exclude
    return condition, values


def _match(wanted: Wanted, most: int) -> tuple[str, dict[str, Any]]:
    concepts = ranking.selective(wanted.concepts, most)
    values: dict[str, Any] = {}
    either, required = [], []
    if concepts:
        either += ["i.keys @@ CAST(:any_key AS tsquery)", "i.words @@ CAST(:any_word AS tsquery)"]
        values["any_key"] = _any(key for concept in concepts for key in concept.keys)
        values["any_word"] = _any(word for concept in concepts for word in concept.words)
    if wanted.beginning:
        either.append("i.words @@ CAST(:beginning AS tsquery)")
        values["beginning"] = f"{_quoted(wanted.beginning)}:*A"
    if either:
        required.append(f"({' OR '.join(either)})")
    for number, phrase in enumerate(wanted.phrases):
        required.append(f"i.words @@ CAST(:phrase_{number} AS tsquery)")
        values[f"phrase_{number}"] = _row(phrase)
    if not required:
        return "", {}
    if wanted.excluded_keys:
        required.append("NOT i.keys @@ CAST(:no_key AS tsquery)")
        values["no_key"] = _any(wanted.excluded_keys)
    for number, phrase in enumerate(wanted.excluded):
        required.append(f"NOT i.words @@ CAST(:no_phrase_{number} AS tsquery)")
        values[f"no_phrase_{number}"] = _row(phrase)
    return " AND ".join(required), values


def _score(concepts: Sequence[Concept], values: dict[str, Any]) -> str:
    """Sum over the concepts how much each says; ts_rank itself knows nothing of rarity."""
    terms = []
    for number, concept in enumerate(concepts):
        values[f"rarity_{number}"] = concept.rarity
        values[f"concept_{number}"] = _any(concept.keys)
        terms.append(
            f"CAST(:rarity_{number} AS float8) * "
            f"ts_rank('{{0, 0, 0.33, 1}}', found.keys, CAST(:concept_{number} AS tsquery), 1)"
        )
    return " + ".join(terms) or "CAST(0 AS float8)"


def _any(terms: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(map(_quoted, terms)))


def _row(words: Iterable[str]) -> str:
    return " <-> ".join(map(_quoted, words))


def _quoted(term: str) -> str:
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"
