"""Start a real portal with a small desk in it, its clock run ahead: python -m tests.journeys.launch --port N --ahead S.

What else it needs it reads from PORTAL_* as any other portal does. A second start finds the desk as it was left.
"""

from __future__ import annotations

import argparse
from datetime import timedelta

from portal import create_app
from portal.cli.database import bring_up_to_date
from portal.config import read
from portal.core import clock
from portal.demo import seed
from portal.serve import serve
from tests.journeys import desk, week


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description="A portal for the journeys.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ahead", type=float, required=True, help="How many seconds the clock runs ahead.")
    parser.add_argument("--week", action="store_true", help="Let the week of the story have been lived.")
    arguments = parser.parse_args()
    clock.run_ahead(timedelta(seconds=arguments.ahead))
    app = create_app(read())
    bring_up_to_date(app)
    if seed.is_empty(app):
        desk.fill(app, then=week.live_through if arguments.week else None)
    serve(app, host="127.0.0.1", port=arguments.port)


if __name__ == "__main__":
    main()
