"""Forgetting flags that were settled long ago."""

from __future__ import annotations

from datetime import time

from portal.blueprints.questions.service import flagging
from portal.core.jobs import daily, job


@job("questions.forget_flags")
@daily(time(3, 40))
def forget_flags() -> None:
    """Delete old flags."""
    flagging.expire()
