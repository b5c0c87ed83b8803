"""Histories of invitations: `python -m bench messages --histories 1000`.

Each plays an evening with sign-ups, moves, cancellations and the rest in any order, while its messages are late, lost
and doubled; at the end of each, everybody's calendar must have one right entry or none, and the feed must agree.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from portal import create_app
from portal.config import Settings
from portal.core.db import expect_writes
from tests.conftest import migrate
from tests.events.test_messages import Evenings, play, wander


def main() -> None:
    """Play, and tell what the messages went through."""
    parser = argparse.ArgumentParser(prog="python -m bench messages")
    parser.add_argument("--histories", type=int, default=100)
    parser.add_argument("--steps", type=int, default=40)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        url = f"sqlite:///{here / 'messages.sqlite'}"
        app = create_app(Settings(folder=here, database=url, testing=True, base_url="http://localhost"))
        migrate(app)
        began = time.monotonic()
        with app.app_context():
            expect_writes()
            play(chosen.histories // 2, chosen.steps)
            for seed in range(chosen.histories - chosen.histories // 2):
                wander(seed, chosen.steps)
        seconds = time.monotonic() - began
    told = ", ".join(f"{name} {count}" for name, count in sorted(Evenings.counted.items()))
    print(f"{chosen.histories} histories of up to {chosen.steps} steps in {seconds:.0f} s: wrong 0; messages: {told}")


if __name__ == "__main__":
    main()
