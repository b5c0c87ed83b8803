"""`make bench`: every figure, or those named (`python -m bench pages weight`, `python -m bench board --seconds 2`)."""

from __future__ import annotations

import importlib
import sys
from itertools import takewhile

ALL = (
    "size",
    "pages",
    "weight",
    "search",
    "duplicates",
    "board",
    "claims",
    "bookings",
    "rooms-race",
    "outage",
    "ring",
    "shift",
    "tables",
    "line",
    "signups",
    "overview",
    "messages",
)


def main() -> None:
    """Run the benchmarks one after the other; what follows their names is for them to read. Or the attacks."""
    if sys.argv[1:2] == ["attack"]:
        del sys.argv[1]
        importlib.import_module("bench.attacks").main()
    names = tuple(takewhile(ALL.__contains__, sys.argv[1:]))
    options = sys.argv[1 + len(names) :]
    for name in names or ALL:
        print(f"\n== {name}", flush=True)
        sys.argv = [name, *options]
        importlib.import_module(f"bench.{name.replace('-', '_')}").main()


if __name__ == "__main__":
    main()
