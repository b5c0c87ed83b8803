"""Marking all older answers of a tag for a check, after the system that it names has changed."""

from __future__ import annotations

from sqlalchemy import select

from portal.blueprints.questions.models.tags import Tag
from portal.core import audit, clock, live
from portal.core.db import db
from portal.core.errors import Invalid, NotAllowed, NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def ask_for_check(viewer: Viewer, slug: str, *, reason: str) -> Tag:
    """Say that a system changed now: answers that nobody has tried since show that they must be checked."""
    tag = _get_tag(viewer, slug)
    reason = reason.strip()
    if not reason:
        raise Invalid(N_("Say in a few words what has changed."), field="reason")
    tag.check_since, tag.check_reason = clock.now(), reason[:200]
    audit.note(viewer.id, "questions.ask_for_check", subject=tag.slug)
    live.publish("questions")
    return tag


def end_check(viewer: Viewer, slug: str) -> Tag:
    """Say that nothing of a tag has to be checked any more."""
    tag = _get_tag(viewer, slug)
    tag.check_since, tag.check_reason = None, ""
    audit.note(viewer.id, "questions.end_check", subject=tag.slug)
    live.publish("questions")
    return tag


def _get_tag(viewer: Viewer, slug: str) -> Tag:
    if not viewer.may("questions.tags"):
        raise NotAllowed(N_("This is not open to you."))
    tag = db.session.scalar(select(Tag).where(Tag.slug == slug).with_for_update())
    if tag is None:
        raise NotFound(N_("We cannot find that tag."))
    return tag
