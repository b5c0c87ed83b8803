"""Reading tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, or_, select

from portal.blueprints.questions.models.tags import QuestionTag, Tag, TagSynonym
from portal.blueprints.questions.queries import rows
from portal.blueprints.questions.queries.rows import Label
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_


def tags() -> Sequence[Tag]:
    """Give every tag."""
    return db.session.scalars(select(Tag).order_by(Tag.name_nn)).all()


def labels() -> tuple[Label, ...]:
    """Give every tag as a page shows it."""
    return tuple(rows.label(values) for values in db.session.execute(select(*rows.LABELS).order_by(Tag.name_nn)))


def tags_by_slug(slugs: Sequence[str]) -> list[Tag]:
    """Give the tags with these slugs or synonyms, each once; unknown ones are left out."""
    if not slugs:
        return []
    words = [slug.casefold() for slug in slugs]
    meant = select(TagSynonym.tag_id).where(TagSynonym.name.in_(words))
    return list(db.session.scalars(select(Tag).where(or_(Tag.slug.in_(words), Tag.id.in_(meant))).order_by(Tag.id)))


def get_tag(tag_id: int) -> Tag:
    """Give a tag."""
    tag = db.session.get(Tag, tag_id)
    if tag is None:
        raise NotFound(N_("We cannot find that tag."))
    return tag


def synonyms(tag_id: int) -> Sequence[str]:
    """Give the other words for a tag."""
    return db.session.scalars(
        select(TagSynonym.name).where(TagSynonym.tag_id == tag_id).order_by(TagSynonym.name)
    ).all()


def synonyms_by_tag() -> Mapping[int, Sequence[str]]:
    """Give the other words for every tag."""
    found: dict[int, list[str]] = {}
    for row in db.session.scalars(select(TagSynonym).order_by(TagSynonym.name)):
        found.setdefault(row.tag_id, []).append(row.name)
    return found


def question_counts() -> Mapping[int, int]:
    """Count the questions of every tag."""
    counted = select(QuestionTag.tag_id, func.count()).group_by(QuestionTag.tag_id)
    return {tag_id: count for tag_id, count in db.session.execute(counted)}
