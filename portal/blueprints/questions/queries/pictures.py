"""Reading pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal.blueprints.questions.models.pictures import Picture
from portal.blueprints.questions.queries import threads
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def get_picture(viewer: Viewer, token: str) -> Picture:
    """Give a picture: one's own, or one in a question that the viewer may see."""
    picture = db.session.get(Picture, token)
    if picture is None:
        raise NotFound(N_("We cannot find that picture."))
    if picture.owner_id != viewer.id:
        if picture.question_id is None:
            raise NotFound(N_("We cannot find that picture."))
        threads.get_question(viewer, picture.question_id)
    return picture


def loose_pictures(before: datetime) -> Sequence[Picture]:
    """Give the pictures that were uploaded and never posted. For the nightly sweep."""
    return db.session.scalars(select(Picture).where(Picture.question_id.is_(None), Picture.created_at < before)).all()
