"""Sweeping away pictures that were never posted."""

from __future__ import annotations

from datetime import time, timedelta

from portal.blueprints.questions.queries import pictures
from portal.core import clock
from portal.core.db import db
from portal.core.jobs import daily, job

LOOSE_PICTURES_STAY = timedelta(hours=24)


@job("questions.sweep_pictures")
@daily(time(3, 20))
def sweep_pictures() -> None:
    """Delete the pictures that were uploaded and never posted."""
    for picture in pictures.loose_pictures(clock.now() - LOOSE_PICTURES_STAY):
        db.session.delete(picture)
