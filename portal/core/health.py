"""Health: each part registers a check that `portal doctor` runs and that says in plain words what to mend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a check found. What to mend is for a person who runs the portal."""

    name: str
    is_well: bool
    words: str


Check = Callable[[], Finding]
_checks: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Register a check under a name."""

    def register(function: Check) -> Check:
        _checks[name] = function
        return function

    return register


def findings() -> list[Finding]:
    """Run every check; one that breaks is itself a finding."""
    return [_run(name, function) for name, function in _checks.items()]


def _run(name: str, function: Check) -> Finding:
    try:
        return function()
    except Exception as error:  # the doctor must reach the end of the list
        return Finding(name=name, is_well=False, words=f"The check itself failed: {type(error).__name__}.")
