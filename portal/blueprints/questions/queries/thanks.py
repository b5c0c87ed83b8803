"""Reading the thanks of the desk as a whole. There is no other sum: nobody is counted, nobody is ranked."""

from __future__ import annotations

from datetime import time

from sqlalchemy import func, select

from portal.blueprints.questions.models.marks import Thanks
from portal.core import clock
from portal.core.db import db
from portal.core.viewer import Viewer

FEWEST = 5  # below this a sum would point at somebody


def thanks_this_month(_viewer: Viewer) -> int:
    """Count how often colleagues have thanked each other this month; nothing where that is seldom."""
    began = clock.at_wall(clock.today().replace(day=1), time(0))
    count = db.session.scalar(select(func.count()).select_from(Thanks).where(Thanks.created_at >= began)) or 0
    return count if count >= FEWEST else 0
