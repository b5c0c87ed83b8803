"""What goes wrong, when, and how often; scripted from outside."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace

BEFORE = ("soap_fault", "unavailable", "busy", "unauthorized", "reset", "garbage")
INSTEAD = ("late_commit",)
AFTER = ("lost_answer", "slow", "garbage_after", "twice")


@dataclass(kw_only=True)
class Fault:
    """One scripted fault. `operation` may be «*»."""

    kind: str
    operation: str = "*"
    times: int | None = 1  # None = for ever
    skip: int = 0  # let so many calls through first
    chance: float = 1.0
    seconds: float = 5.0
    code: str = ""  # what a soap_fault says, if not that the server has failed
    at_most: float = 0.0  # when given, so many seconds or anything in between


class Faults:
    """The script, in order; the first that fits a call strikes."""

    def __init__(self, seed: int = 1) -> None:
        self._script: list[Fault] = []
        self._random = random.Random(seed)
        self.strikes: Counter[str] = Counter()

    def add(self, fault: Fault) -> None:
        """Put one more fault at the end of the script."""
        if fault.kind not in BEFORE + INSTEAD + AFTER:
            raise ValueError(f"no such fault: {fault.kind}")
        self._script.append(fault)

    def clear(self) -> None:
        """Let everything go well again."""
        self._script.clear()

    def strike(self, operation: str) -> Fault | None:
        """Take the fault that this call meets, if any."""
        for fault in self._script:
            if fault.operation not in ("*", operation) or fault.times == 0:
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.chance < 1.0 and self._random.random() >= fault.chance:
                continue
            if fault.times is not None:
                fault.times -= 1
            self.strikes[f"{fault.kind} {operation}"] += 1
            if fault.at_most:
                return replace(fault, seconds=self._random.uniform(fault.seconds, fault.at_most))
            return fault
        return None
