"""Articles for tests."""

from __future__ import annotations

import json
from itertools import count

from portal.blueprints.knowledge import rules, service
from portal.blueprints.knowledge.models import Article
from portal.core.db import db, transaction

_serials = count(50001)


def make_article(
    title: str = "Skrivaren svarar ikkje", body: str = "Start skrivarkøa på nytt.", **values: object
) -> Article:
    """Publish an article."""
    given: dict[str, object] = {"number": rules.number(next(_serials)), "language": "nn", **values}
    with transaction():
        article = Article(title=title, body=body, **given)
        db.session.add(article)
        db.session.flush()
        service.announce(article)
    return article


def row(**values: object) -> dict[str, object]:
    """Make one row of an export."""
    plain = {"id": "start-print-queue", "title": "Starte skriverkøen", "body_markdown": "Start tjenesten."}
    return {**plain, **values}


def lines(*rows: object) -> list[bytes]:
    """Write rows as the lines of a file."""
    return [json.dumps(each, ensure_ascii=False).encode() for each in rows]
