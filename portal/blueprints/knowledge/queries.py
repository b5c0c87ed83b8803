"""Reading articles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Integer, Select, cast, func, select
from sqlalchemy.orm import defer, joinedload

from portal.blueprints.knowledge import rules
from portal.blueprints.knowledge.models import Article, Tags
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.paging import Page, keyset
from portal.core.viewer import Viewer

PAGE = 30
TAGS_SHOWN = 40
MANAGE = "knowledge.manage"


def articles(_viewer: Viewer, *, tag: str = "", cursor: str | None = None) -> Page[Article]:
    """Give a page of the articles by title, or of those with a tag."""
    query = _published()
    if tag:
        query = query.where(_has_tag(tag))
    return keyset(query, Article.title, Article.id, cursor=cursor, size=PAGE, newest_first=False)


def everything(text: str = "", *, cursor: str | None = None) -> Page[Article]:
    """Give a page of all articles, retired ones too, by a part of the title or the number, to those who manage them."""
    query = select(Article).options(defer(Article.body))
    if text.strip():
        part = func.lower(text.strip())
        query = query.where(func.lower(Article.title).contains(part) | (Article.number == text.strip().upper()))
    return keyset(query, Article.title, Article.id, cursor=cursor, size=PAGE, newest_first=False)


def tags() -> Sequence[str]:
    """Give the tags of published articles, those of the most articles first."""
    counted = select(Article.tags, func.count()).where(Article.is_published, Article.tags.cast(Tags.impl) != "")
    counts: dict[str, int] = {}
    for chosen, count in db.session.execute(counted.group_by(Article.tags)):
        for tag in chosen:
            counts[tag] = counts.get(tag, 0) + count
    return sorted(counts, key=lambda tag: (-counts[tag], tag))[:TAGS_SHOWN]


def get_article(viewer: Viewer, number: str, *, for_update: bool = False) -> Article:
    """Give an article, locked when it is about to be changed; a retired one only to those who manage them."""
    query = select(Article).where(Article.number == number.upper())
    if for_update:
        # As it is now, not as this request read it before; and alone: an outer join cannot be locked.
        query = query.with_for_update().execution_options(populate_existing=True)
    else:
        query = query.options(joinedload(Article.owner))
    return _shown(viewer, db.session.scalar(query))


def get_by_id(viewer: Viewer, article_id: int) -> Article:
    """Give an article by its id."""
    return _shown(viewer, db.session.get(Article, article_id))


def known_numbers(numbers: Iterable[str]) -> Sequence[Article]:
    """Give the published articles with these numbers, in the order of the numbers."""
    wanted = [number.upper() for number in numbers]
    if not wanted:
        return []
    found = {each.number: each for each in db.session.scalars(_published().where(Article.number.in_(wanted)))}
    return [found[number] for number in dict.fromkeys(wanted) if number in found]


def referenced(*texts: str) -> Sequence[Article]:
    """Give the published articles that texts speak of by their numbers."""
    return known_numbers(number for text in texts for number in rules.references(text))


def by_source_keys(keys: Iterable[str]) -> dict[str, Article]:
    """Give the articles that were imported from these rows."""
    return {article.source_key or "": article for article in db.session.scalars(_of_keys(keys))}


def highest_serial() -> int:
    """Give the highest number that is in use."""
    highest = db.session.scalar(select(func.max(cast(func.substr(Article.number, 3), Integer))))
    return max(highest or 0, rules.FIRST_NUMBER - 1)


def in_use(numbers: Iterable[str]) -> set[str]:
    """Give those of the numbers that articles have, retired ones too."""
    return set(db.session.scalars(select(Article.number).where(Article.number.in_(list(numbers)))))


def published_after(article_id: int, limit: int) -> Sequence[Article]:
    """Give published articles in the order of their ids, for the index."""
    query = select(Article).where(Article.is_published, Article.id > article_id)
    return db.session.scalars(query.order_by(Article.id).limit(limit)).all()


def _published() -> Select[Article]:
    return select(Article).where(Article.is_published).options(defer(Article.body))


def _of_keys(keys: Iterable[str]) -> Select[Article]:
    return select(Article).where(Article.source_key.in_(list(keys)))


def _has_tag(tag: str) -> ColumnElement[bool]:
    plain = tag.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found: ColumnElement[bool] = Article.tags.cast(Tags.impl).like(f"%,{plain},%", escape="\\")
    return found


def _shown(viewer: Viewer, article: Article | None) -> Article:
    if article is None or not (article.is_published or viewer.may(MANAGE)):
        raise NotFound(N_("We cannot find that article."))
    return article
