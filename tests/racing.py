"""Many at once: real threads on a database of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from portal.core.db import db, transaction
from portal.core.errors import PortalError

THREADS = 8
Act = Callable[[], object]


def race(own: Flask, acts: Sequence[Act]) -> list[PortalError]:
    """Let threads begin together, each with its part of the acts, each act a transaction; give what was refused."""
    start, refused = threading.Barrier(THREADS), []

    def run(part: Sequence[Act]) -> None:
        with own.app_context():
            start.wait()
            for act in part:
                try:
                    with transaction():
                        act()
                except PortalError as error:
                    refused.append(error)
            db.session.remove()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(run, [acts[number::THREADS] for number in range(THREADS)]))
    return refused
