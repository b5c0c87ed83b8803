"""What administrators do with outgoing work."""

from __future__ import annotations

from portal.core import audit, jobs
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def retry(viewer: Viewer, job_id: int) -> None:
    """Try a waiting job again now."""
    job = jobs.try_now(job_id)
    if job is None:
        raise NotFound(N_("That is done already."))
    audit.note(viewer.id, "jobs.retry", subject=job.name, job_id=job.id)
