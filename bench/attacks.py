"""Everything we try to break Pusterom with: python -m bench attack [name …] [--small]; `make attack` runs all in full.

An attack gives lines with its figures, or raises with what it has recovered: then the run ends with exit code 1.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable

Attack = Callable[[bool], list[str]]

ATTACKS = {
    "pulse": "bench.pulse:attack",
    "ballots": "bench.ballots:attack",
    "pulse-pages": "bench.pulse_pages:attack_pages",
    "diary": "bench.confided:attack_diaries",
    "shared": "bench.confided:attack_shared",
    "pairs": "bench.pairs:attack",
    "prompts": "bench.prompts:attack",
    "erasure": "bench.erasure:attack",
}


def find(name: str) -> Attack:
    """Give the attack of a name."""
    module, _, function = ATTACKS[name].partition(":")
    attack: Attack = getattr(importlib.import_module(module), function)
    return attack


def main() -> None:
    """Run the attacks that are named, or all; exit with 1 if any of them has recovered something."""
    words = sys.argv[1:]
    full = "--small" not in words
    recovered = 0
    for name in [word for word in words if not word.startswith("--")] or ATTACKS:
        print(f"\n-- {name}", flush=True)
        began = time.perf_counter()
        try:
            print("\n".join(find(name)(full)))
        except Exception as error:  # whatever stops an attack must not look like an attack that has failed
            print(f"BROKEN: {type(error).__name__}: {error}")
            recovered += 1
        print(f"   ({time.perf_counter() - began:.0f} s)", flush=True)
    sys.exit(1 if recovered else 0)
