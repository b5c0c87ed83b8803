"""The test Graph server as a process of its own, and the settings that lead to it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.running import ROOT
from tests.exchange_server.client import Remote
from tests.graph_server.client import GraphRemote
from tests.graph_server.server import GraphServer

READING = ("Token", "GetSchedule", "FindEvents", "CalendarView", "Delta")
CHANGING = ("CreateEvent", "CancelEvent")


@contextmanager
def running() -> Iterator[Remote]:
    """Run a server until the block ends; gives its remote control."""
    command = [sys.executable, "-m", "tests.graph_server"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield GraphRemote(server.stdout.readline().strip())
        finally:
            server.kill()


def settings_for(remote: Remote) -> dict[str, str]:
    """Give the environment in which a portal keeps its rooms there; two workers share Graph's four calls."""
    return {
        "PORTAL_CALENDAR": "graph",
        "PORTAL_CALENDAR_CONNECTIONS": "2",
        "PORTAL_GRAPH_TENANT": GraphServer.tenant,
        "PORTAL_GRAPH_CLIENT": GraphServer.client,
        "PORTAL_GRAPH_SECRET": GraphServer.secret,
        "PORTAL_GRAPH_MAILBOX": GraphServer.mailbox,
        "PORTAL_GRAPH_URL": remote.base,
        "PORTAL_GRAPH_AUTHORITY": remote.base,
    }
