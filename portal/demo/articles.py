"""The knowledge of the demo desk: a few articles of its own, and a large base when one is at hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from portal.blueprints.knowledge import service
from portal.blueprints.knowledge.models import Article
from portal.blueprints.people.models import Person
from portal.core import clock
from portal.core.db import db
from portal.demo import content


def make_articles(people: Mapping[str, Person], knowledge: Path | None) -> None:
    """Make the articles. Nothing of the large base is kept in the project; it is read where it lies."""
    subjects = {tag["slug"]: tag["name"] for tag in content.read("tags")}
    for each in content.read("articles"):
        article = Article(
            number=each["number"],
            title=each["title"],
            body=each["body"],
            language=each["language"],
            tags=tuple(subjects[slug].lower() for slug in each["tags"]),
            owner_id=people[each["owner"]].id,
            reviewed_on=clock.today() - timedelta(days=each["reviewed_days_ago"]),
        )
        db.session.add(article)
        db.session.flush()
        service.announce(article)
    if knowledge:
        with knowledge.open("rb") as lines:
            for chunk in service.chunks(service.read_rows(lines).rows):
                service.import_articles(chunk)
