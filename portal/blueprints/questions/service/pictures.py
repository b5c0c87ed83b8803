"""Keeping screenshots, and covering what they should not have shown."""

from __future__ import annotations

import secrets

from portal.blueprints.questions.models.pictures import Picture
from portal.blueprints.questions.queries import pictures
from portal.core import audit, live
from portal.core.db import db
from portal.core.errors import NotAllowed
from portal.core.i18n import N_
from portal.core.images import CleanImage
from portal.core.viewer import Viewer


def add_picture(viewer: Viewer, image: CleanImage) -> Picture:
    """Keep a cleaned picture; until a post shows it, only its owner sees it."""
    picture = Picture(
        token=secrets.token_urlsafe(16),
        owner_id=viewer.id,
        mime=image.mime,
        width=image.width,
        height=image.height,
        content=image.content,
    )
    db.session.add(picture)
    return picture


def cover(viewer: Viewer, token: str, image: CleanImage) -> Picture:
    """Let a covered picture take the place of the one that showed too much: nothing of that is kept.

    Under the same address, so that every post and every former wording shows the covered one from now on.
    """
    picture = pictures.get_picture(viewer, token)
    is_own = picture.owner_id == viewer.id or pictures.is_shown_by_own_post(viewer, picture)
    if not is_own and not viewer.may("questions.moderate"):
        raise NotAllowed(N_("Only the one who posted a picture can cover it."))
    picture.mime, picture.width, picture.height = image.mime, image.width, image.height
    picture.content = image.content
    if picture.question_id is not None:
        if not is_own:
            audit.note(viewer.id, "questions.cover_picture", question_id=picture.question_id)
        live.publish(f"question-{picture.question_id}")
    return picture
