"""Start a real portal with a small desk in it, its clock run ahead: python -m tests.journeys.launch --port N --ahead S.

What else it needs it reads from PORTAL_* as any other portal does. A second start finds the desk as it was left.
"""

from __future__ import annotations

import argparse
import json
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path
from types import FrameType

from portal import create_app
from portal.cli.database import bring_up_to_date
from portal.config import read
from portal.core import clock, live
from portal.demo import seed
from portal.serve import serve
from portal.web.stream.hub import Hub
from tests.journeys import desk, week

STREAMS = "streams.json"


def tell_streams_when_asked(file: Path) -> None:
    """On SIGUSR1, write how many streams each person holds: what the hub knows, and no page should tell."""

    def tell(_signal: int, _frame: FrameType | None) -> None:
        hubs = [hub for hub in (getattr(hears, "__self__", None) for hears in live._listeners) if isinstance(hub, Hub)]
        held = Counter(str(stream.person_id) for hub in hubs for stream in tuple(hub.streams))
        draft = file.with_suffix(".new")
        draft.write_text(json.dumps(held))
        draft.replace(file)

    signal.signal(signal.SIGUSR1, tell)


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description="A portal for the journeys.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ahead", type=float, required=True, help="How many seconds the clock runs ahead.")
    parser.add_argument("--week", action="store_true", help="Let the week of the story have been lived.")
    arguments = parser.parse_args()
    clock.run_ahead(timedelta(seconds=arguments.ahead))
    settings = read()
    tell_streams_when_asked(settings.folder / STREAMS)
    app = create_app(settings)
    bring_up_to_date(app)
    if seed.is_empty(app):
        desk.fill(app, then=week.live_through if arguments.week else None)
    serve(app, host="127.0.0.1", port=arguments.port)


if __name__ == "__main__":
    main()
