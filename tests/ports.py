"""Ports for the servers of the tests and the benches."""

from __future__ import annotations

import random
import socket

PORTS = range(20_000, 32_000)
"""Below those that Linux gives to outgoing connections: a connection that others open while a server is starting must
not take the port that was found for it."""


def free_port() -> int:
    """Find a port that nobody uses, and that nobody is given by chance."""
    dice = random.SystemRandom()  # tests seed the other one, and two that run side by side would find the same port
    while True:
        port = dice.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
