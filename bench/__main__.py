"""`make bench`: every figure, or those named (`python -m bench pages weight`)."""

from __future__ import annotations

import importlib
import sys

ALL = ("size", "pages", "weight", "search", "bookings")


def main() -> None:
    """Run the benchmarks one after the other."""
    for name in tuple(sys.argv[1:]) or ALL:
        print(f"\n== {name}", flush=True)
        sys.argv = [name]  # some of them read their own options
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
