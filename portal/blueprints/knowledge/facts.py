"""What happens to articles. Ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ArticleChanged:
    """An article was added, changed or published again."""

    article_id: int


@dataclass(frozen=True, kw_only=True)
class ArticleRetired:
    """An article is no longer shown."""

    article_id: int
