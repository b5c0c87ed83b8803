"""The test Exchange server as a process of its own, and the settings that lead to it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.running import ROOT
from tests.exchange_server.client import Remote
from tests.exchange_server.server import PATH, ExchangeServer

READING = ("GetFolder", "GetUserAvailability", "FindItem", "GetItem", "SyncFolderItems")
CHANGING = ("CreateItem", "DeleteItem")


@contextmanager
def running() -> Iterator[Remote]:
    """Run a server until the block ends; gives its remote control."""
    command = [sys.executable, "-m", "tests.exchange_server"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield Remote(server.stdout.readline().strip().removesuffix(PATH))
        finally:
            server.kill()


def settings_for(remote: Remote) -> dict[str, str]:
    """Give the environment in which a portal keeps its rooms there."""
    return {
        "PORTAL_CALENDAR": "exchange",
        "PORTAL_EWS_URL": remote.base + PATH,
        "PORTAL_EWS_USER": ExchangeServer.user,
        "PORTAL_EWS_PASSWORD": ExchangeServer.password,
        "PORTAL_EWS_MAILBOX": ExchangeServer.mailbox,
    }
