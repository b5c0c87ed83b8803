"""Forgetting what has had its time."""

from __future__ import annotations

from datetime import time

from portal.blueprints.people import service
from portal.core.jobs import daily, job


@job("people.forget")
@daily(time(3, 35))
def forget() -> None:
    """Delete ended sessions, old counts and jobs that were done long ago."""
    service.forget_what_has_passed()
