"""What goes wrong at the calendar, at every operation, and how often."""

from __future__ import annotations

from tests.exchange_server.client import Remote

LATEST = 90  # seconds until a late commit lands: beyond where a booking looks by itself, so that the sweep finds it
# kind, how often, how many seconds at least and at most
EVERYWHERE = (
    ("soap_fault", 0.008, 0, 0),
    ("unavailable", 0.008, 0, 0),
    ("reset", 0.008, 0, 0),
    ("garbage", 0.004, 0, 0),
    ("garbage_after", 0.004, 0, 0),
    ("slow", 0.004, 0.2, 2),
    ("busy", 0.0005, 1, 2),
)
TO_CHANGES = (
    ("lost_answer", 0.05, 0, 0),
    ("late_commit", 0.02, 1, LATEST),
    ("twice", 0.03, 0, 0),
)


def script(remote: Remote, *, reading: tuple[str, ...], changing: tuple[str, ...], is_brief: bool = False) -> None:
    """Script all of it, without end; for a brief run late commits land before anybody has stopped looking."""
    for operation in reading + changing:
        kinds = EVERYWHERE + (TO_CHANGES if operation in changing else ())
        for kind, chance, least, longest in kinds:
            most = min(longest, 1.5) if is_brief else longest
            remote.fault(kind, operation=operation, chance=chance, times=None, seconds=least, at_most=most)
