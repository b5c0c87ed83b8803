"""Put documents into the index and take them out, in the caller's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import NotRequired, TypedDict, TypeVar

from sqlalchemy import and_, delete, insert, or_, select, update

from portal.blueprints.search import queries
from portal.blueprints.search.backends.choice import engine
from portal.blueprints.search.models import (
    EVERYBODY,
    LONGEST_BODY,
    LONGEST_TITLE,
    SearchDocument,
    SearchLikeness,
    SearchState,
    SearchSynonym,
    SearchWord,
)
from portal.blueprints.search.queries import Like
from portal.blueprints.search.rules import folding, tokens
from portal.blueprints.search.rules.vocabulary import Vocabulary
from portal.core import clock
from portal.core.db import db, is_sqlite
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.core.jobs import enqueue

CHUNK = 100
MOST_WORDS_KEPT = 200_000
SWEPT_AT_ONCE = 20_000
Row = TypeVar("Row")
Place = tuple[str, int]
"""A kind and a ref."""


class Document(TypedDict):
    """What a slice says of a text that can be found; a duplicate leads to its original, of its own kind or another."""

    kind: str
    ref: int
    title: str
    body: str
    tags: NotRequired[Iterable[str]]
    audience: NotRequired[str]
    leads_to: NotRequired[Place | None]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A kind of document: where they come from, where a hit leads, and what the kind is called (a message id)."""

    kind: str
    endpoint: str
    label: str
    icon: str
    documents: Callable[[], Iterable[Document]]


sources: dict[str, Source] = {}


def source(
    kind: str, *, endpoint: str, label: str, icon: str = "search"
) -> Callable[[Callable[[], Iterable[Document]]], Callable[[], Iterable[Document]]]:
    """Register the function that yields every document of a kind; the endpoint takes its ref as the only argument."""

    def register(documents: Callable[[], Iterable[Document]]) -> Callable[[], Iterable[Document]]:
        sources[kind] = Source(kind=kind, endpoint=endpoint, label=label, icon=icon, documents=documents)
        return documents

    return register


def index(
    *,
    kind: str,
    ref: int,
    title: str,
    body: str = "",
    tags: Iterable[str] = (),
    audience: str = EVERYBODY,
    leads_to: Place | None = None,
) -> None:
    """Make a text findable, or bring what is found of it up to date.

    What is asked for in words like those of a duplicate is answered with the text that the duplicate leads to.
    """
    index_all([Document(kind=kind, ref=ref, title=title, body=body, tags=tags, audience=audience, leads_to=leads_to)])


def index_all(documents: Iterable[Document]) -> None:
    """Make many texts findable at once, as index() does with one."""
    pending = iter(documents)
    while chunk := {(each["kind"], each["ref"]): each for each in islice(pending, CHUNK)}:
        standing = _standing(chunk)
        _take_out([row.id for row in standing.values()])
        known = queries.vocabulary().known
        rows = [_written(standing.get(place), each, known) for place, each in chunk.items()]
        db.session.add_all(rows)
        db.session.flush()
        engine().add([row.id for row in rows])
        enqueue("search.liken", key="search.liken")


def _standing(chunk: Mapping[Place, Document]) -> dict[Place, SearchDocument]:
    found = {}
    for kind in {kind for kind, _ in chunk}:
        refs = [ref for each, ref in chunk if each == kind]
        wish = select(SearchDocument).where(SearchDocument.kind == kind, SearchDocument.ref.in_(refs))
        found.update({(row.kind, row.ref): row for row in db.session.scalars(wish.with_for_update())})
    return found


def _written(row: SearchDocument | None, document: Document, known: frozenset[str]) -> SearchDocument:
    row = row or SearchDocument(kind=document["kind"], ref=document["ref"])
    row.title = _clean(document["title"])[:LONGEST_TITLE]
    row.body = _clean(document["body"])[:LONGEST_BODY]
    row.tags = _clean(", ".join(document.get("tags", ())))[:500]
    row.audience = document.get("audience", EVERYBODY)
    row.leads_to_kind, row.leads_to_ref = document.get("leads_to") or (None, None)
    row.updated_at, row.likened_at = clock.now(), None
    _fold(row, known)
    return row


def forget(kind: str, ref: int) -> None:
    """Take a text out; nothing happens when it was never in."""
    wish = select(SearchDocument.id).where(SearchDocument.kind == kind, SearchDocument.ref == ref).with_for_update()
    _remove(list(db.session.scalars(wish)))


def refresh(kinds: Iterable[str] | None = None) -> Iterator[None]:
    """Make the index anew from what the slices say, a chunk between yields; what they no longer say is forgotten."""
    for kind in kinds or tuple(sources):
        started, seen = clock.now(), set[int]()
        documents = iter(sources[kind].documents())
        while chunk := list(islice(documents, CHUNK)):
            index_all(chunk)
            seen.update(document["ref"] for document in chunk)
            yield
        of_kind = select(SearchDocument.ref, SearchDocument.id).where(
            SearchDocument.kind == kind, SearchDocument.updated_at < started
        )
        for gone in _chunks([identity for ref, identity in db.session.execute(of_kind) if ref not in seen]):
            _remove(gone)
            yield
    rebuild_vocabulary()
    yield
    yield from refold()
    sweep()
    yield


def refold() -> Iterator[None]:
    """Fold every document with the rules and the vocabulary of now, a chunk between yields; write what has changed."""
    last = 0
    while chunk := queries.documents_after(last, CHUNK):
        last, known = chunk[-1].id, queries.vocabulary().known
        for document in chunk:
            _refold(document, known)
        yield
    _remember("fold", str(folding.VERSION))


def rebuild_vocabulary() -> None:
    """Count the words of all texts for everybody."""
    keep_vocabulary(queries.counted_words())


def keep_vocabulary(vocabulary: Vocabulary) -> None:
    """Keep how many texts hold each word, from two on."""
    kept = sorted(vocabulary.counts.items(), key=lambda pair: -pair[1])[:MOST_WORDS_KEPT]
    rows = [{"word": word, "documents": count} for word, count in kept if count > 1]
    db.session.execute(delete(SearchWord))
    for part in _chunks(rows, 5000):
        db.session.execute(insert(SearchWord), part)
    _remember("vocabulary", f"{vocabulary.documents}:{secrets.token_hex(6)}")


def change_synonyms(groups: Iterable[Iterable[str]]) -> None:
    """Replace the groups of words that mean the same. Searches know them at once."""
    db.session.execute(delete(SearchSynonym))
    for group in groups:
        terms = [term.strip() for term in group if term.strip()]
        if len(", ".join(terms)) > 500:
            raise Invalid(N_("This group of words is too long."), field="terms")
        if len(terms) > 1:
            db.session.add(SearchSynonym(terms=", ".join(terms)))
    db.session.flush()
    _remember("synonyms", secrets.token_hex(6))


def keep_like(found: Iterable[Like]) -> None:
    """Keep what texts are like; one that has changed since it was looked up waits for the next round."""
    for each in found:
        same = and_(SearchDocument.id == each.id, SearchDocument.updated_at == each.updated_at)
        likened = update(SearchDocument).where(same).values(likened_at=clock.now()).returning(SearchDocument.id)
        if db.session.scalar(likened, execution_options={"synchronize_session": False}) is None:
            continue
        db.session.execute(delete(SearchLikeness).where(SearchLikeness.document_id == each.id))
        there = set(db.session.scalars(select(SearchDocument.id).where(SearchDocument.id.in_(each.others))))
        pairs = [(other, score) for other, score in each.others.items() if other in there]
        rows = [{"document_id": each.id, "other_id": other, "score": score} for other, score in pairs]
        if rows:
            db.session.execute(insert(SearchLikeness), rows)


def is_stale() -> bool:
    """Tell whether the rules have changed since the documents were folded."""
    return queries.state().get("fold") != str(folding.VERSION)


def sweep() -> None:
    """Remove what deletions have left behind in the engine's files, and let it see what it holds now."""
    engine().sweep()


def _refold(document: SearchDocument, known: frozenset[str]) -> None:
    before = (document.title_keys, document.body_keys, document.title_words, document.body_words)
    with db.session.no_autoflush:
        _fold(document, known)
        after = (document.title_keys, document.body_keys, document.title_words, document.body_words)
        if before == after:
            return
        engine().remove([document.id])
    db.session.flush()
    engine().add([document.id])


def _fold(document: SearchDocument, known: frozenset[str]) -> None:
    title, tags = tokens.folded(document.title, known), tokens.folded(document.tags, known)
    body = tokens.folded(document.body, known)
    document.title_keys = " ".join((*title.keys, *tags.keys))
    document.title_words = " ".join((*title.words, *tags.words))
    document.body_keys, document.body_words = " ".join(body.keys), " ".join(body.words)


def _remove(ids: Sequence[int]) -> None:
    _take_out(ids)
    if ids:
        db.session.execute(delete(SearchDocument).where(SearchDocument.id.in_(ids)))


def _take_out(ids: Sequence[int]) -> None:
    if ids:
        engine().remove(ids)
        pairs = or_(SearchLikeness.document_id.in_(ids), SearchLikeness.other_id.in_(ids))
        db.session.execute(delete(SearchLikeness).where(pairs))
        _wish_for_sweep()


def _wish_for_sweep() -> None:
    """Have the engine forget within a minute what it was told to; a large index waits for the night.

    PostgreSQL's vacuum does the same without being asked.
    """
    if is_sqlite() and queries.vocabulary().documents <= SWEPT_AT_ONCE:
        enqueue("search.sweep", key="search.sweep", at=clock.now() + timedelta(minutes=1))


def _remember(name: str, value: str) -> None:
    db.session.merge(SearchState(name=name, value=value))
    db.session.flush()


def _clean(text: str) -> str:
    """Drop what no database takes: NUL, and halves of characters."""
    return text.replace("\0", " ").encode(errors="ignore").decode().strip()


def _chunks(rows: Sequence[Row], size: int = CHUNK) -> Iterator[Sequence[Row]]:
    yield from (rows[start : start + size] for start in range(0, len(rows), size))
