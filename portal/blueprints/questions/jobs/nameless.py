"""Letting go of what nobody has read."""

from __future__ import annotations

from datetime import time

from portal.blueprints.questions.service import news
from portal.core.jobs import daily, job


@job("questions.forget_nameless_news")
@daily(time(3, 35))
def forget_nameless_news() -> None:
    """Take away what has stood unread for long."""
    news.expire()
