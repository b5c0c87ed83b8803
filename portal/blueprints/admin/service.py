"""What administrators do with outgoing work."""

from __future__ import annotations

from portal.blueprints.admin import queries
from portal.core import audit, jobs, privacy
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def retry(viewer: Viewer, job_id: int) -> None:
    """Try a waiting job again now."""
    job = jobs.try_now(job_id)
    if job is None:
        raise NotFound(N_("That is done already."))
    audit.note(viewer.id, "jobs.retry", subject=job.name, job_id=job.id)


privacy.register(
    "privacy",
    what=N_("The log of acts: what you did that others must be able to look up, as numbers without words"),
    seen_by=N_("Administrators"),
    kept=N_("As long as the house stands"),
    stays=N_("The log of acts, where a number stands that leads to nobody any more."),
    tables=("audit_entry",),
    export=queries.acts,
)
