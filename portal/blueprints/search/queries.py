"""Find: always for a reader, who gets what is meant for everybody, for the reader, or for a role the reader has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from portal.blueprints.search.backends.choice import engine
from portal.blueprints.search.models import (
    EVERYBODY,
    SearchDocument,
    SearchLikeness,
    SearchState,
    SearchSynonym,
    SearchWord,
)
from portal.blueprints.search.ports import Reader, Scope
from portal.blueprints.search.rules import excerpts, parsing, ranking, spelling
from portal.blueprints.search.rules import vocabulary as words
from portal.blueprints.search.rules.excerpts import Segments
from portal.blueprints.search.rules.parsing import Wanted
from portal.blueprints.search.rules.ranking import Ranked
from portal.blueprints.search.rules.vocabulary import Synonyms, Vocabulary
from portal.core.db import db

CANDIDATES = 80
ALIKE_CANDIDATES = 120
KEPT_LIKE = 12
LOOKED_AT = 5000
ENOUGH = 10
TRIGRAM_WEIGHT = 0.3
ALIKE = 0.34
"""The share of what is typed that a document must hold to be suggested."""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """Something found. Titles and excerpts come in pieces, each with whether it was asked for."""

    kind: str
    ref: int
    title: str
    title_pieces: Segments
    excerpt: Segments
    score: float


@dataclass(frozen=True, kw_only=True)
class Like:
    """A text, as it was at a moment, and the texts that are like it."""

    id: int
    updated_at: datetime
    others: dict[int, float]


def find(reader: Reader, text: str, *, kinds: Sequence[str] | None = None, limit: int = 20) -> list[Hit]:
    """Return what answers a query best, the best first."""
    known, meanings = _lexicon()
    wanted = parsing.wanted(parsing.parse(text), vocabulary=known, synonyms=meanings)
    if wanted.is_empty:
        return []
    scope = Scope(audiences=audiences(reader), kinds=None if kinds is None else tuple(kinds))
    found = ranking.ranked(engine().candidates(wanted, scope, limit=max(CANDIDATES, limit), most=LOOKED_AT), wanted)
    if _is_too_little(found, wanted):
        alike = spelling.alike(engine().resembling(wanted, scope, limit=50), wanted)
        found = ranking.fused(found, alike, weight=TRIGRAM_WEIGHT)
    return _hits(found[:limit], wanted, scope, known, has_excerpts=True)


def similar(
    reader: Reader,
    text: str,
    *,
    kinds: Sequence[str] | None = None,
    limit: int = 5,
    exclude: tuple[str, int] | None = None,
) -> list[Hit]:
    """Return what is like a text that is being typed, quickly: its last word may go on."""
    known, meanings = _lexicon()
    wanted = _like(text, known, meanings)
    if wanted.is_empty:
        return []
    scope = Scope(audiences=audiences(reader), kinds=None if kinds is None else tuple(kinds), exclude=exclude)
    return _hits(_alike(wanted, scope)[:limit], wanted, scope, known, has_excerpts=False)


def _like(text: str, known: Vocabulary, meanings: Synonyms) -> Wanted:
    asked = parsing.parse(parsing.without_operators(text))
    last = asked.words[-1] if asked.words else None  # of those that say something: what is typed now may be another
    is_typing = last is not None and len(last.text) >= 3 and last.end == len(text)
    return parsing.wanted(asked, vocabulary=known, synonyms=meanings, is_typing=is_typing)


def _alike(wanted: Wanted, scope: Scope) -> list[Ranked]:
    candidates = engine().candidates(wanted, scope, limit=ALIKE_CANDIDATES, most=LOOKED_AT // 2)
    found = (each for each in ranking.ranked(candidates, wanted) if each.share >= ALIKE)
    return ranking.gathered(found, candidates)


def kept_similar(
    reader: Reader, kind: str, ref: int, *, kinds: Sequence[str] | None = None, limit: int = 5
) -> list[Hit]:
    """Return what a text that stands in the index is like, as the worker has found it; two small reads.

    What the worker has not come to yet is looked up by its title.
    """
    own = select(SearchDocument.id, SearchDocument.title, SearchDocument.likened_at)
    document = db.session.execute(own.where(SearchDocument.kind == kind, SearchDocument.ref == ref)).one_or_none()
    if document is None:
        return []
    if document.likened_at is None:
        return similar(reader, document.title, kinds=kinds, limit=limit, exclude=(kind, ref))
    wish = _kept_beside(document.id).where(SearchDocument.audience.in_(audiences(reader)))
    if kinds is not None:
        wish = wish.where(SearchDocument.kind.in_(kinds))
    return [
        Hit(kind=row.kind, ref=row.ref, title=row.title, title_pieces=[(row.title, False)], excerpt=[], score=row.score)
        for row in db.session.execute(wish.limit(limit))
    ]


def _kept_beside(identity: int) -> Select[*tuple[Any, ...]]:
    """Read the kept pairs from both ends, so that an older text shows a newer one; a duplicate is not shown itself."""
    there = select(SearchLikeness.other_id.label("id"), SearchLikeness.score).where(
        SearchLikeness.document_id == identity
    )
    here = select(SearchLikeness.document_id, SearchLikeness.score).where(SearchLikeness.other_id == identity)
    pairs = union_all(there, here).subquery()
    best = func.max(pairs.c.score).label("score")
    shown = (SearchDocument.id, SearchDocument.kind, SearchDocument.ref, SearchDocument.title)
    wish = select(*shown, best).join(pairs, pairs.c.id == SearchDocument.id)
    return wish.where(SearchDocument.leads_to_ref.is_(None)).group_by(*shown).order_by(best.desc(), SearchDocument.id)


def look_up_like(limit: int) -> list[Like]:
    """Look for the like of texts for everybody that have come or changed, the newest first."""
    columns = (SearchDocument.id, SearchDocument.kind, SearchDocument.ref, SearchDocument.title)
    wish = select(*columns, SearchDocument.updated_at).where(SearchDocument.likened_at.is_(None))
    waiting = wish.where(SearchDocument.audience == EVERYBODY).order_by(SearchDocument.id.desc()).limit(limit)
    rows = db.session.execute(waiting).all()
    return [
        Like(id=row.id, updated_at=row.updated_at, others=_likenesses(row.title, exclude=(row.kind, row.ref)))
        for row in rows
    ]


def _likenesses(title: str, *, exclude: tuple[str, int]) -> dict[int, float]:
    """Return the texts for everybody that are like a title, each with a share of what could be had."""
    known, meanings = _lexicon()
    wanted = _like(f"{title} ", known, meanings)
    if wanted.is_empty:
        return {}
    most = sum(concept.rarity for concept in wanted.concepts) or 1.0
    found = _alike(wanted, Scope(audiences=(EVERYBODY,), exclude=exclude))
    return {each.id: each.score / most for each in found[:KEPT_LIKE]}


def audiences(reader: Reader) -> tuple[str, ...]:
    """Return every audience the reader belongs to."""
    return (EVERYBODY, f"person:{reader.id}", *(f"role:{role}" for role in sorted(reader.roles)))


def _is_too_little(found: Sequence[Ranked], wanted: Wanted) -> bool:
    """Tell whether spelling should help: few hits, or none that holds half of what was asked for.

    Phrases and exclusions are exact by their nature, and likeness knows nothing of them.
    """
    if wanted.phrases or wanted.excluded or wanted.excluded_keys:
        return False
    return len(found) < ENOUGH or max((each.share for each in found), default=0) < 0.5


def _hits(found: Sequence[Ranked], wanted: Wanted, scope: Scope, known: Vocabulary, *, has_excerpts: bool) -> list[Hit]:
    # The audience is asked for once more: whatever an engine brings, nobody reads a row that is not theirs.
    mine = SearchDocument.audience.in_(scope.audiences)
    columns = (SearchDocument.id, SearchDocument.kind, SearchDocument.ref, SearchDocument.title)
    body = (SearchDocument.body if has_excerpts else literal("")).label("body")
    wish = select(*columns, body).where(SearchDocument.id.in_([each.id for each in found]), mine)
    rows = {row.id: row for row in db.session.execute(wish)} if found else {}
    return [
        Hit(
            kind=row.kind,
            ref=row.ref,
            title=row.title,
            title_pieces=excerpts.marked(row.title, wanted, known.known),
            excerpt=excerpts.excerpt(row.body, wanted, known.known),
            score=each.score,
        )
        for each in found
        if (row := rows.get(each.id))
    ]


# The lexicon changes nightly or when somebody edits synonyms; each process keeps it until its version does.
_kept: dict[str, tuple[str, Vocabulary | Synonyms]] = {}


def state() -> dict[str, str]:
    """Return what the index was made with."""
    return {row.name: row.value for row in db.session.execute(select(SearchState.name, SearchState.value))}


def vocabulary() -> Vocabulary:
    """Return the words of the house."""
    return _lexicon()[0]


def _lexicon() -> tuple[Vocabulary, Synonyms]:
    versions = state()
    return _vocabulary(versions.get("vocabulary", "")), _synonyms(versions.get("synonyms", ""))


def _vocabulary(version: str) -> Vocabulary:
    if not version:
        return Vocabulary()
    kept = _kept.get("vocabulary")
    if kept and kept[0] == version and isinstance(kept[1], Vocabulary):
        return kept[1]
    counts = {row.word: row.documents for row in db.session.execute(select(SearchWord.word, SearchWord.documents))}
    fresh = Vocabulary(documents=int(version.split(":")[0]), counts=counts)
    _kept["vocabulary"] = (version, fresh)
    return fresh


def _synonyms(version: str) -> Synonyms:
    kept = _kept.get("synonyms")
    if kept and kept[0] == version and isinstance(kept[1], Synonyms):
        return kept[1]
    rows = db.session.scalars(select(SearchSynonym.terms).order_by(SearchSynonym.id))
    fresh = words.synonyms(row.split(",") for row in rows)
    _kept["synonyms"] = (version, fresh)
    return fresh


def documents_after(last: int, size: int) -> list[SearchDocument]:
    """Return documents in the order of their ids, whoever they are for: they are folded, not shown."""
    wish = select(SearchDocument).where(SearchDocument.id > last).order_by(SearchDocument.id).limit(size)
    return list(db.session.scalars(wish))


def counted_words() -> Vocabulary:
    """Count keys in what everybody may read; a word of a text for some eyes only must not show in any number."""
    return words.counted(_key_texts())


def _key_texts() -> Iterable[str]:
    wish = select(SearchDocument.title_keys, SearchDocument.body_keys).where(SearchDocument.audience == EVERYBODY)
    for row in db.session.execute(wish.execution_options(yield_per=500)):
        yield f"{row.title_keys} {row.body_keys}"


def count() -> int:
    """Return how many documents there are for everybody."""
    wish = select(func.count()).select_from(SearchDocument).where(SearchDocument.audience == EVERYBODY)
    return db.session.scalar(wish) or 0
