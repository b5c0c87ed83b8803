"""Sweeping away pictures that were never posted."""

from __future__ import annotations

from datetime import time, timedelta

from portal.blueprints.questions.queries import drafts, pictures
from portal.core import clock
from portal.core.db import db
from portal.core.jobs import daily, job

LOOSE_PICTURES_STAY = timedelta(hours=24)


@job("questions.sweep_pictures")
@daily(time(3, 20))
def sweep_pictures() -> None:
    """Delete the pictures that were uploaded and never posted, but for those in what somebody is still writing."""
    in_drafts = drafts.pictures_in_drafts()
    for picture in pictures.loose_pictures(clock.now() - LOOSE_PICTURES_STAY):
        if picture.token not in in_drafts:
            db.session.delete(picture)
