"""What carrying names between processes costs: python -m bench.relay. PostgreSQL's NOTIFY beside Redis.

Threads write a row and publish a topic per transaction, for some seconds each: without telling anybody, told through
PostgreSQL, told over Redis. Another process listens and says how long each topic was on its way.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from bench.running import ROOT
from portal.core import live
from portal.core.audit import AuditEntry
from portal.core.db import db, transaction
from tests import postgres, redis_server
from tests.core.racing import make_app

THREADS = 8
SECONDS = 6.0
PROBES = 300


def write_for_a_while(app: Flask, told: Callable[[int], None]) -> float:
    """Write from several threads; give the transactions in a second."""
    until = time.monotonic() + SECONDS

    def write(number: int) -> int:
        done = 0
        with app.app_context():
            while time.monotonic() < until:
                with transaction() as session:
                    session.add(AuditEntry(act="bench", subject="", ids={}))
                    told(number * 1_000_000 + done)
                done += 1
            db.session.remove()
        return done

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(write, range(THREADS))) / SECONDS


def publish(number: int) -> None:
    """Tell of a topic of its own."""
    live.publish(f"question-{number}")


def on_the_way(app: Flask, url: str, redis: str) -> list[float]:
    """Give how many milliseconds topics take to another process, one after the other."""
    words = [sys.executable, "-m", "bench.relay", "listen", url, redis]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other, app.app_context():
        assert other.stdout
        other.stdout.readline()
        took = []
        for number in range(PROBES):
            began = time.monotonic()
            with transaction():
                publish(number)
            heard_at = float(other.stdout.readline())  # the clock is the machine's: both processes read the same
            took.append((heard_at - began) * 1000)
        other.terminate()
        db.session.remove()
    return sorted(took)


def listen(url: str, redis: str) -> None:
    """Be the other process: say when each topic came."""
    ready = threading.Event()
    live.travel_by(redis)
    live.subscribe(lambda _topic: print(time.monotonic(), flush=True))
    stop = threading.Event()
    if redis:
        following = threading.Thread(target=live.follow_relay, kwargs={"stop": stop, "ready": ready}, daemon=True)
    else:
        words = {"on_job": lambda: None, "stop": stop, "ready": ready}
        following = threading.Thread(target=live.follow_database, args=(url,), kwargs=words, daemon=True)
    following.start()
    ready.wait(30)
    print("listening", flush=True)
    following.join()


def main() -> None:
    """Measure the three, and write a line for each."""
    with postgres.running() as url, redis_server.running() as server:
        app = make_app(url, make_tables=True)
        print(f"told by      transactions/s, {THREADS} threads   to another process p50 / p99 ms")
        for name, redis, told in (
            ("nobody", "", lambda _number: None),
            ("PostgreSQL", "", publish),
            ("Redis", server.url, publish),
        ):
            live.travel_by(redis)
            rate = write_for_a_while(app, told)
            took = on_the_way(app, url, redis) if name != "nobody" else []
            way = f"{took[len(took) // 2]:.1f} / {took[int(len(took) * 0.99)]:.1f}" if took else "–"
            print(f"{name:12} {rate:12.0f}                {way}", flush=True)
        live.travel_by("")
        with app.app_context():
            db.engine.dispose()


if __name__ == "__main__":
    listen(*sys.argv[2:]) if sys.argv[1:2] == ["listen"] else main()
