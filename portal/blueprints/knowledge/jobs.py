"""Keeping the index in step with the articles."""

from __future__ import annotations

from collections.abc import Iterator

from portal.blueprints.knowledge import queries, rules
from portal.blueprints.knowledge.facts import ArticleChanged, ArticleRetired
from portal.blueprints.knowledge.models import Article
from portal.blueprints.search import service as search
from portal.blueprints.search.service import Document
from portal.core import markdown
from portal.core.db import db
from portal.core.facts import on
from portal.core.i18n import N_


@on(ArticleChanged)
def index(fact: ArticleChanged) -> None:
    """Put an article into the index, in the same transaction: what is stored is found at once."""
    article = db.session.get(Article, fact.article_id)
    if article and article.is_published:
        search.index(**document(article))


@on(ArticleRetired)
def forget(fact: ArticleRetired) -> None:
    """Take a retired article out of the index."""
    search.forget("article", fact.article_id)


def document(article: Article) -> Document:
    """Say how an article is found: by its number and its English name too."""
    return {
        "kind": "article",
        "ref": article.id,
        "title": article.title,
        "body": markdown.plain(article.body, limit=rules.BODY_LONGEST),
        "tags": [article.number, *([article.also_called] if article.also_called else []), *article.tags],
    }


@search.source("article", endpoint="knowledge.by_id", label=N_("Articles"), icon="book")
def documents() -> Iterator[Document]:
    """Give every published article to the index, in chunks."""
    last = 0
    while chunk := queries.published_after(last, 200):
        yield from (document(article) for article in chunk)
        last = chunk[-1].id
