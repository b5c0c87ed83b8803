"""Reading the house itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.blueprints.people import queries as people
from portal.core import audit, clock, jobs, privacy
from portal.core.jobs import Job


@dataclass(frozen=True, kw_only=True)
class Work:
    """Outgoing work: what a person should look at, what waits, and what is on a schedule."""

    failing: Sequence[Job]
    waiting: Sequence[Job]
    scheduled: Sequence[Job]
    done_today: int


@dataclass(frozen=True, kw_only=True)
class Health:
    """What the database alone can tell of the portal's health."""

    failing: int
    waiting: int
    oldest_waiting_since: datetime | None

    @property
    def is_behind(self) -> bool:
        """Tell whether work that is due has been left lying, as when no worker runs."""
        return bool(self.oldest_waiting_since and clock.now() - self.oldest_waiting_since > timedelta(minutes=5))


def work() -> Work:
    """Give the outgoing work."""
    everything = jobs.waiting(limit=200)
    scheduled = [job for job in everything if job.key and job.key.startswith("schedule:")]
    once = [job for job in everything if job not in scheduled]
    return Work(
        failing=[job for job in everything if job.tries],
        waiting=[job for job in once if not job.tries],
        scheduled=sorted(scheduled, key=lambda job: job.next_at),
        done_today=jobs.count_done_since(clock.now() - timedelta(days=1)),
    )


def health() -> Health:
    """Give the health as the database shows it."""
    due = [job for job in jobs.waiting(limit=500) if job.next_at <= clock.now()]
    return Health(
        failing=sum(job.needs_a_look for job in due),
        waiting=len(due),
        oldest_waiting_since=min((job.next_at for job in due), default=None),
    )


def audit_entries() -> Sequence[audit.AuditEntry]:
    """Give the newest acts."""
    return audit.entries(200)


def names(ids: Iterable[int | None]) -> dict[int, str]:
    """Give the names of people by id."""
    return {person.id: person.name for person in people.people({known for known in ids if known is not None})}


def holdings() -> Sequence[privacy.Holding]:
    """Give what is held about people."""
    return privacy.holdings()
