"""Keeping screenshots."""

from __future__ import annotations

import secrets

from portal.blueprints.questions.models.pictures import Picture
from portal.core.db import db
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
