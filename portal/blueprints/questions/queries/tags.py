"""Reading tags."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.blueprints.questions.models.tags import Tag
from portal.core.db import db


def tags() -> Sequence[Tag]:
    """Give every tag."""
    return db.session.scalars(select(Tag).order_by(Tag.name_nn)).all()


def tags_by_slug(slugs: Sequence[str]) -> list[Tag]:
    """Give the tags with these slugs; unknown ones are left out."""
    return list(db.session.scalars(select(Tag).where(Tag.slug.in_(slugs)))) if slugs else []
