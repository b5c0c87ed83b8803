"""Forgetting what has lapsed, so that nothing about a person stays longer than it is of use."""

from __future__ import annotations

from datetime import time

from portal.blueprints.questions.service import claims, reviewing
from portal.core.jobs import daily, job


@job("questions.forget_lapsed")
@daily(time(3, 25))
def forget_lapsed() -> None:
    """Forget who looked at what yesterday, and pauses that are over."""
    claims.expire()
    reviewing.expire()
