"""How the front page greets."""

from __future__ import annotations

from portal.core.i18n import N_

GREETINGS = (
    (5, N_("Up late, %(name)s?")),
    (10, N_("Good morning, %(name)s")),
    (17, N_("Good day, %(name)s")),
    (23, N_("Good evening, %(name)s")),
    (24, N_("Up late, %(name)s?")),
)


def greeting(hour: int) -> str:
    """Give the message id that fits the hour on the wall, 0 to 23."""
    return next(words for until, words in GREETINGS if hour < until)
