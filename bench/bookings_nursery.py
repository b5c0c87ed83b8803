"""A process that has loaded the portal, and forks a worker for each line it reads: python -m bench.bookings_nursery.

Loading takes seconds of both cores, and a worker is killed every few seconds: it is done once. A worker connects to the
database and to the calendar only after the fork, as one that is started by `portal worker` does.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta

import portal.blueprints.rooms.adapters.exchange.calendar  # noqa: F401 - loaded here, so that no worker has to
from portal import create_app
from portal.blueprints.rooms import rules
from portal.config import read
from portal.worker import work_until_told


def main() -> None:
    """Fork until there is nothing more to read."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who is killed is gone at once, and not a shadow that seems to live
    if "--brief" in sys.argv:  # for tests: half a minute of waiting for late commits proves nothing more there
        rules.DOUBT_LOOKS = (timedelta(seconds=0.5), timedelta(seconds=2))
    app = create_app(read())
    for _ in sys.stdin:
        process_id = os.fork()
        if process_id == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            work_until_told(app)
            os._exit(0)
        print(process_id, flush=True)


if __name__ == "__main__":
    main()
