"""Who is asked when a question is for «those who know». Values only."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

HALF_LIFE = timedelta(days=90)  # what one answered a quarter ago counts half
LOOKS_BACK = timedelta(days=540)  # six half-lives: an answer older than that counts for nothing
ENOUGH = 1.5  # two fresh answers, or more of older ones
BACKUP_AFTER = timedelta(minutes=20)
"""How long an easy question is left to those who want to learn before the others are asked."""


class Level(StrEnum):
    """What a colleague says of themselves."""

    KNOWS = "knows"
    LEARNING = "learning"


def knows_by_answers(answered_at: Iterable[datetime], *, now: datetime) -> bool:
    """Tell whether what somebody has answered about a tag is enough, and fresh enough, to ask them."""
    weights = (math.exp2(-((now - moment) / HALF_LIFE)) for moment in answered_at)
    return math.fsum(weights) >= ENOUGH
