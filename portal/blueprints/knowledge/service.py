"""What changes articles: writing them here, retiring them, and bringing in an existing base."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.blueprints.knowledge import queries, rules
from portal.blueprints.knowledge.facts import ArticleChanged, ArticleRetired
from portal.blueprints.knowledge.models import Article
from portal.blueprints.knowledge.rules import ArticleRow, BadRow, Fault
from portal.core import audit, clock, patient_data, privacy
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.patient_data import PatientData
from portal.core.viewer import Viewer

CHUNK = 25  # a second at most: others wait to write meanwhile
CHANGED_MEANWHILE = N_(
    "Somebody has changed this since you opened it. Your text is kept: look at theirs, then send again."
)

WORDS = {
    Fault.NOT_A_ROW: N_("this is not a row of an export: one JSON object with texts is expected"),
    Fault.NO_ID: N_("the id is missing"),
    Fault.NO_TITLE: N_("the title is missing"),
    Fault.NO_BODY: N_("there is no text"),
    Fault.LONG_ID: N_("the id is longer than 200 characters"),
    Fault.LONG_TITLE: N_("the title is longer than 200 characters"),
    Fault.LONG_BODY: N_("the text is longer than 20 000 characters"),
    Fault.LONG_SOURCE: N_("the source is longer than 300 characters"),
    Fault.NUMBER: N_("the number must be KB and four to ten digits"),
    Fault.LANGUAGE: N_("the language must be nn, nb, en, sv or da"),
    Fault.TAGS: N_("there are more than eight tags, or one is longer than 40 characters"),
    Fault.DAY: N_("the day of the review must be written as 2026-11-26"),
    Fault.TWICE: N_("this id or number stands on an earlier line too"),
    Fault.PATIENT_DATA: N_("something looks like a national identity number"),
}


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody writes of an article."""

    title: str
    body: str
    tags: Sequence[str] = ()
    language: str = "nn"
    source: str = ""
    reviewed_on: date | None = None


def add(viewer: Viewer, draft: Draft, *, accepts: bool = False) -> Article:
    """Write a new article; it gets the next number."""
    draft = _checked(viewer, draft, accepts=accepts)
    article = Article(number=rules.number(queries.highest_serial() + 1), owner_id=viewer.id)
    _write(article, draft)
    try:
        with db.session.begin_nested():
            db.session.add(article)
    except IntegrityError as error:  # somebody got the same number in the same moment
        raise Conflict(N_("Somebody came first. Send it once more.")) from error
    audit.note(viewer.id, "knowledge.add", article_id=article.id)
    announce(article)
    return article


def edit(viewer: Viewer, number: str, draft: Draft, *, version: int, accepts: bool = False) -> Article:
    """Change an article, unless somebody else has meanwhile."""
    draft = _checked(viewer, draft, accepts=accepts)
    article = _get_locked(viewer, number)
    if article.version != version:
        raise Conflict(CHANGED_MEANWHILE)
    _write(article, draft)
    article.digest, article.changed_at = "", clock.now()
    audit.note(viewer.id, "knowledge.edit", article_id=article.id)
    announce(article)
    return article


def publish(viewer: Viewer, number: str, *, published: bool) -> None:
    """Retire an article, or show it again."""
    _must_manage(viewer)
    article = _get_locked(viewer, number)
    article.is_published = published
    audit.note(viewer.id, "knowledge.publish" if published else "knowledge.retire", article_id=article.id)
    announce(article)


def announce(article: Article) -> None:
    """Tell the house how an article stands now."""
    is_shown = article.is_published
    record(ArticleChanged(article_id=article.id) if is_shown else ArticleRetired(article_id=article.id))


def _write(article: Article, draft: Draft) -> None:
    article.title, article.body, article.tags = draft.title, draft.body, tuple(draft.tags)
    article.language, article.source, article.reviewed_on = draft.language, draft.source, draft.reviewed_on


def _get_locked(viewer: Viewer, number: str) -> Article:
    return queries.get_article(viewer, number, for_update=True)


def _must_manage(viewer: Viewer) -> None:
    if not viewer.may(queries.MANAGE):
        raise NotAllowed(N_("This is not open to you."))


def _checked(viewer: Viewer, draft: Draft, *, accepts: bool) -> Draft:
    _must_manage(viewer)
    title = patient_data.clean(" ".join(draft.title.split()), field="title", viewer_accepts=accepts)
    body = patient_data.clean(draft.body, field="body", viewer_accepts=accepts)
    tags = rules.tags(draft.tags)
    if not title:
        raise Invalid(N_("An article needs a title."), field="title")
    if not body:
        raise Invalid(N_("An article needs a text."), field="body")
    if not rules.are_fit(tags):
        raise Invalid(N_("Eight tags at most, each of 40 characters at most."), field="tags")
    for name in (*tags, draft.source):
        patient_data.check(name, field="tags")
    return replace(draft, title=title, body=body, tags=tags)


@dataclass(frozen=True, kw_only=True)
class Bad:
    """A line that cannot be imported, and why (a message id). What stands in it is not repeated."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What is in an export: the rows that can be imported, and the lines that cannot."""

    rows: Sequence[ArticleRow]
    bad: Sequence[Bad]


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    left_alone: int = 0

    def __add__(self, other: Imported) -> Imported:
        return Imported(
            added=self.added + other.added,
            changed=self.changed + other.changed,
            unchanged=self.unchanged + other.unchanged,
            left_alone=self.left_alone + other.left_alone,
        )


def read_rows(lines: Iterable[bytes]) -> Checked:
    """Check the lines of an export (JSON, one article a line), before anything of it is stored."""
    rows: list[ArticleRow] = []
    bad: list[Bad] = []
    seen: set[str] = set()
    for line, raw in enumerate(lines, start=1):
        try:
            row = _read_line(raw, seen)
        except BadRow as error:
            bad.append(Bad(line=line, reason=WORDS[error.fault]))
        else:
            rows += [row] if row else []
    return Checked(rows=rows, bad=bad)


def _read_line(raw: bytes, seen: set[str]) -> ArticleRow | None:
    if not raw.strip():
        return None
    row = _guarded(rules.read_row(_values(raw)))
    names = {f"id {row.key}", *([f"number {row.number}"] if row.number else [])}
    if names & seen:
        raise BadRow(Fault.TWICE)
    seen |= names
    return row


def _values(raw: bytes) -> object:
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):  # of the decoding too
        raise BadRow(Fault.NOT_A_ROW) from None


def _guarded(row: ArticleRow) -> ArticleRow:
    try:
        for text in (row.key, row.source, *row.tags):
            patient_data.check(text)
        title, body = patient_data.clean(row.title), patient_data.clean(row.body)
        return replace(row, title=title, body=body, also_called=patient_data.clean(row.also_called))
    except PatientData:
        raise BadRow(Fault.PATIENT_DATA) from None


def chunks(rows: Sequence[ArticleRow], size: int = CHUNK) -> Iterator[Sequence[ArticleRow]]:
    """Cut an import into pieces, each for a transaction of its own: others can write in between."""
    yield from (rows[start : start + size] for start in range(0, len(rows), size))


def import_articles(rows: Sequence[ArticleRow]) -> Imported:
    """Bring articles in line with rows that have been checked. Run again, it goes on where it ended.

    Nobody's article is removed by being absent, and what has been changed here since is left alone.
    """
    known = queries.by_source_keys(row.key for row in rows)
    taken = queries.in_use(row.number for row in rows if row.number and row.key not in known)
    if taken:
        raise Conflict(N_("%(number)s is the number of another article here."), number=min(taken))
    serial = max((queries.highest_serial(), *(rules.serial(row.number) for row in rows)))
    done = Imported()
    for row in rows:
        article = known.get(row.key)
        if article is None:
            serial += not row.number
            _add_row(row, serial)
            done += Imported(added=1)
        else:
            done += _bring_in_line(article, row)
    return done


def _add_row(row: ArticleRow, serial: int) -> None:
    article = Article(number=row.number or rules.number(serial), source_key=row.key)
    article.take(row)
    db.session.add(article)
    db.session.flush()
    announce(article)


def _bring_in_line(article: Article, row: ArticleRow) -> Imported:
    if article.digest == row.digest:
        return Imported(unchanged=1)
    if not article.digest:
        return Imported(left_alone=1)
    article.take(row)
    article.changed_at = clock.now()
    announce(article)
    return Imported(changed=1)


def export(person_id: int) -> list[dict[str, str]]:
    """Give which articles a person looks after."""
    mine = select(Article.number, Article.title).where(Article.owner_id == person_id).order_by(Article.id)
    return [{"number": number, "title": title} for number, title in db.session.execute(mine)]


def erase(person_id: int) -> None:
    """Let the articles that a person looks after be looked after by nobody yet."""
    db.session.execute(update(Article).where(Article.owner_id == person_id).values(owner_id=None))


privacy.register(
    "knowledge",
    what=N_("Articles: that you look after them"),
    seen_by=N_("All colleagues"),
    kept=N_("Until somebody else looks after them"),
    stays=N_("The article itself: it belongs to the desk."),
    tables=("article.owner_id",),
    export=export,
    erase=erase,
)
