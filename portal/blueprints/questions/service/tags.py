"""Keeping the tags in order. Every act is written in the audit log."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from portal.blueprints.questions.models.finding import TagFollowing
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.models.tags import QuestionTag, Tag, TagSynonym
from portal.blueprints.questions.queries import tags as reading
from portal.blueprints.questions.service import skills
from portal.core import audit, jobs, live
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import N_
from portal.core.viewer import Viewer

SLUG = re.compile(r"[a-z0-9æøå]+(?:-[a-z0-9æøå]+)*")
TAKEN = N_("«%(name)s» is already a tag, or another word for one.")


def make_tag(*, slug: str, name_nn: str, name_nb: str, name_en: str, color: str) -> Tag:
    """Add a tag, or change its names."""
    tag = db.session.scalar(select(Tag).where(Tag.slug == slug))
    if tag is None:
        tag = Tag(slug=slug)
        db.session.add(tag)
    tag.name_nn, tag.name_nb, tag.name_en, tag.color = name_nn, name_nb, name_en, color
    return tag


def save(
    viewer: Viewer,
    tag_id: int | None,
    *,
    slug: str,
    names: tuple[str, str, str],
    color: str,
    template: str,
    synonyms: Sequence[str],
) -> Tag:
    """Add or change a tag: its names in nn, nb and en, what a good question about it tells, and other words for it."""
    _must_keep_tags(viewer)
    tag = reading.get_tag(tag_id) if tag_id else Tag()
    slug = slug.strip().casefold()
    if not SLUG.fullmatch(slug):
        raise Invalid(N_("Use small letters, digits and hyphens."), field="slug")
    words = sorted({word for each in synonyms if (word := each.strip().casefold())} - {slug})
    _must_be_free(tag, slug, field="slug")
    for word in words:
        _must_be_free(tag, word, field="synonyms")
    tag.slug, tag.color, tag.template = slug, color, template
    tag.name_nn, tag.name_nb, tag.name_en = names
    db.session.add(tag)
    db.session.flush()
    db.session.execute(delete(TagSynonym).where(TagSynonym.tag_id == tag.id))
    db.session.add_all(TagSynonym(name=word, tag_id=tag.id) for word in words)
    audit.note(viewer.id, "questions.save_tag", tag_id=tag.id)
    _tell(tag)
    return tag


def merge(viewer: Viewer, source_id: int, target_id: int) -> Tag:
    """Put one tag into another: questions, followers and those who know it go along; its name becomes a synonym."""
    _must_keep_tags(viewer)
    if source_id == target_id:
        raise Conflict(N_("Choose another tag to put this one into."))
    source, target = reading.get_tag(source_id), reading.get_tag(target_id)
    _move(QuestionTag, QuestionTag.question_id, source.id, target.id)
    _move(TagFollowing, TagFollowing.person_id, source.id, target.id)
    skills.move(source, target)
    asked = update(Question).where(Question.asked_tag_id == source.id)
    db.session.execute(asked.values(asked_tag_id=target.id), execution_options={"synchronize_session": False})
    words = {*db.session.scalars(select(TagSynonym.name).where(TagSynonym.tag_id == source.id)), source.slug}
    target.template = target.template or source.template
    db.session.delete(source)
    db.session.flush()
    db.session.execute(delete(TagSynonym).where(TagSynonym.name.in_(words)))
    db.session.add_all(TagSynonym(name=word, tag_id=target.id) for word in sorted(words))
    audit.note(viewer.id, "questions.merge_tags", source_id=source_id, target_id=target.id)
    _tell(target)
    return target


def _move(
    table: type[QuestionTag | TagFollowing], owner: InstrumentedAttribute[int], source_id: int, target_id: int
) -> None:
    """Give to the target what is missing there and remove the rest: nobody stands there twice."""
    already = select(owner).where(table.tag_id == target_id)
    missing = update(table).where(table.tag_id == source_id, owner.not_in(already)).values(tag_id=target_id)
    db.session.execute(missing, execution_options={"synchronize_session": False})
    db.session.execute(delete(table).where(table.tag_id == source_id))


def _must_be_free(tag: Tag, word: str, *, field: str) -> None:
    others = select(Tag.id).where(func.lower(Tag.slug) == word, Tag.id != (tag.id or 0))
    synonym = select(TagSynonym.tag_id).where(TagSynonym.name == word, TagSynonym.tag_id != (tag.id or 0))
    if db.session.scalar(others) is not None or db.session.scalar(synonym) is not None:
        raise Invalid(TAKEN, field=field, name=word)


def _tell(tag: Tag) -> None:
    # Names are part of what is found: the questions of a tag are indexed anew, in the background.
    jobs.enqueue("questions.index_tag", key=f"questions.index_tag:{tag.id}", tag_id=tag.id)
    live.publish("questions")


def _must_keep_tags(viewer: Viewer) -> None:
    if not viewer.may("questions.tags"):
        raise NotAllowed(N_("This is not open to you."))
