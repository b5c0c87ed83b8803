"""Put documents into the index and take them out, in the caller's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import NotRequired, TypedDict, TypeVar

from sqlalchemy import delete, insert, select

from portal.blueprints.search import queries
from portal.blueprints.search.backends.choice import engine
from portal.blueprints.search.models import (
    EVERYBODY,
    LONGEST_BODY,
    LONGEST_TITLE,
    SearchDocument,
    SearchState,
    SearchSynonym,
    SearchWord,
)
from portal.blueprints.search.rules import folding, tokens
from portal.core import clock
from portal.core.db import db, is_sqlite
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.core.jobs import enqueue

CHUNK = 100
MOST_WORDS_KEPT = 200_000
SWEPT_AT_ONCE = 20_000
Row = TypeVar("Row")


class Document(TypedDict):
    """What a slice says of a text that can be found."""

    kind: str
    ref: int
    title: str
    body: str
    tags: NotRequired[Iterable[str]]
    audience: NotRequired[str]


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
    *, kind: str, ref: int, title: str, body: str = "", tags: Iterable[str] = (), audience: str = EVERYBODY
) -> None:
    """Make a text findable, or bring what is found of it up to date."""
    wish = select(SearchDocument).where(SearchDocument.kind == kind, SearchDocument.ref == ref).with_for_update()
    document = db.session.scalar(wish)
    is_new = document is None
    if document is None:
        document = SearchDocument(kind=kind, ref=ref)
    else:
        engine().remove([document.id])
        _wish_for_sweep()
    document.title = _clean(title)[:LONGEST_TITLE]
    document.body = _clean(body)[:LONGEST_BODY]
    document.tags = _clean(", ".join(tags))[:500]
    document.audience = audience
    document.updated_at = clock.now()
    _fold(document, queries.vocabulary().known)
    if is_new:
        db.session.add(document)
    db.session.flush()
    engine().add([document.id])


def forget(kind: str, ref: int) -> None:
    """Take a text out; nothing happens when it was never in."""
    wish = select(SearchDocument.id).where(SearchDocument.kind == kind, SearchDocument.ref == ref).with_for_update()
    _remove(list(db.session.scalars(wish)))


def refresh(kinds: Iterable[str] | None = None) -> Iterator[None]:
    """Make the index anew from what the slices say, a chunk between yields; what they no longer say is forgotten."""
    for kind in kinds or tuple(sources):
        started, seen = clock.now(), set()
        documents = iter(sources[kind].documents())
        while chunk := list(islice(documents, CHUNK)):
            for document in chunk:
                index(**document)
                seen.add(document["ref"])
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
    vocabulary = queries.counted_words()
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
    if ids:
        engine().remove(ids)
        db.session.execute(delete(SearchDocument).where(SearchDocument.id.in_(ids)))
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
