"""The worker: runs what is due, in threads of the one process (embedded) or in processes of its own (grown)."""

from __future__ import annotations

import logging
import signal
import threading
import time
from types import FrameType

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal.core import jobs, live, outside
from portal.core.db import transaction
from portal.core.settings import current_settings

log = logging.getLogger(__name__)

THREADS = 3  # a calendar that answers slowly must not hold up the mails
POLL_SECONDS = 0.5
LOOK_SECONDS = 1.0  # between two looks for calls that hang
LOOKS_FOR_THE_DEAD = 5  # each so many looks: another worker may have been killed in the middle of a ring
REST_AFTER_TROUBLE = 2.0


class Worker:
    """Some threads that run jobs until they are told to stop."""

    def __init__(self, app: Flask, *, threads: int = THREADS) -> None:
        self.app = app
        self.stop_asked = threading.Event()
        self.listens = threading.Event()  # from then on, nothing that other processes say is missed
        self.threads = [threading.Thread(target=self._run, name=f"worker-{n}", daemon=True) for n in range(threads)]
        self.threads.append(threading.Thread(target=self._watch, name="worker-watch", daemon=True))
        if not current_settings().is_sqlite:
            self.threads.append(threading.Thread(target=self._listen, name="worker-listen", daemon=True))

    def start(self) -> None:
        """Make the schedules, free what the dead held, and begin."""
        with self.app.app_context(), transaction():
            jobs.release_leases_of_the_dead()
            jobs.ensure_schedules()
        for thread in self.threads:
            thread.start()

    def stop(self, *, patience: float = 10.0) -> None:
        """Let the running jobs end, for so many seconds together; what does not is left: the next start frees it."""
        self.stop_asked.set()
        jobs.wake.set()
        until = time.monotonic() + patience
        for thread in self.threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _run(self) -> None:
        holder = jobs.new_holder()
        while not self.stop_asked.is_set() and threading.current_thread() in self.threads:
            try:
                with self.app.app_context():
                    ran = jobs.run_due(holder=holder)
            except SQLAlchemyError as error:  # the database is away: wait for it instead of ending
                log.error("worker.trouble", extra={"fault": type(error).__name__})
                self.stop_asked.wait(REST_AFTER_TROUBLE)
                continue
            if not ran:
                jobs.wake.wait(POLL_SECONDS)
                jobs.wake.clear()

    def _watch(self) -> None:
        looks = 0
        while not self.stop_asked.wait(LOOK_SECONDS):
            looks += 1
            if looks % LOOKS_FOR_THE_DEAD == 0:
                self._free_what_the_dead_held()
            for late in outside.give_up(self.threads):
                log.error("worker.hanging", extra={"job": late.kind})
                self._replace(late.thread)
                self._note(late.subject)

    def _free_what_the_dead_held(self) -> None:
        try:
            with self.app.app_context():
                if jobs.dead_holders(at_start=False):  # nearly never: no write lock is taken to find that out
                    with transaction():
                        jobs.release_leases_of_the_dead(at_start=False)
        except SQLAlchemyError as error:
            log.error("worker.trouble", extra={"fault": type(error).__name__})

    def _replace(self, thread: threading.Thread) -> None:
        # Should its call come back after all, the old one finds that the job is no longer its own, and ends.
        fresh = threading.Thread(target=self._run, name=thread.name, daemon=True)
        self.threads = [fresh if each is thread else each for each in self.threads]
        fresh.start()

    def _note(self, claim: jobs.Claim) -> None:
        try:
            with self.app.app_context(), transaction():
                jobs.note_hanging(claim)
        except SQLAlchemyError as error:  # the lease ends by itself
            log.error("worker.trouble", extra={"fault": type(error).__name__})

    def _listen(self) -> None:
        url = current_settings().database_url
        live.follow_database(url, on_job=jobs.wake.set, stop=self.stop_asked, ready=self.listens)


def work_until_told(app: Flask) -> None:
    """Run a worker in this process until it is asked to end."""
    worker = Worker(app)

    def end(_signal: int, _frame: FrameType | None) -> None:
        worker.stop_asked.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    worker.start()
    worker.stop_asked.wait()
    worker.stop()
