"""Throwing away what nobody writes on any more."""

from __future__ import annotations

from datetime import time

from portal.blueprints.questions.service import drafts
from portal.core.jobs import daily, job


@job("questions.sweep_drafts")
@daily(time(3, 10))
def sweep_drafts() -> None:
    """Throw away the drafts that have lain for a month."""
    drafts.expire()
