"""Keeping the tags in order."""

from __future__ import annotations

from sqlalchemy import select

from portal.blueprints.questions.models.tags import Tag
from portal.core.db import db


def make_tag(*, slug: str, name_nn: str, name_nb: str, name_en: str, color: str) -> Tag:
    """Add a tag, or change its names."""
    tag = db.session.scalar(select(Tag).where(Tag.slug == slug))
    if tag is None:
        tag = Tag(slug=slug)
        db.session.add(tag)
    tag.name_nn, tag.name_nb, tag.name_en, tag.color = name_nn, name_nb, name_en, color
    return tag
