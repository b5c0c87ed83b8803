"""How long a post may be, and who may do what with it. Values only."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

TITLE_LONGEST = 150
BODY_LONGEST = 8000
COMMENT_LONGEST = 1000
TAGS_MOST = 5
NEWS_STAYS = timedelta(days=60)  # unread, for those without a name
PICTURE_REFERENCE = re.compile(r"/bilete/([A-Za-z0-9_-]{22})")


def may_edit(*, is_author: bool, is_moderator: bool, is_locked: bool = False) -> bool:
    """Tell whether somebody may change a text: its author while the thread is open, and those who keep order."""
    return is_moderator or (is_author and not is_locked)


def may_thank(*, is_author: bool) -> bool:
    """Tell whether somebody may thank for an answer: everybody but its author."""
    return not is_author


def picture_tokens(text: str) -> list[str]:
    """Find the pictures that a text shows."""
    return list(dict.fromkeys(PICTURE_REFERENCE.findall(text)))


def coarse(moment: datetime) -> datetime:
    """Round a moment down to the hour: a post without a name does not tell who was at the desk that minute."""
    return moment.replace(minute=0, second=0, microsecond=0)
