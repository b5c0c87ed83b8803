"""What administrators see of the house itself."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.admin import queries, service
from portal.core.i18n import N_
from portal.web import navigation
from portal.web.auth import may, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits

bp = Blueprint("admin", __name__)
navigation.register("admin.work", N_("Outgoing work"), icon="mail", order=20, menu="admin", permission="jobs.manage")
navigation.register("admin.health", N_("Health"), icon="heart", order=30, menu="admin", permission="admin.see")
navigation.register("admin.audit", N_("Audit log"), icon="history", order=40, menu="admin", permission="audit.read")


@bp.get("/styring")
@may("admin.see")
def front() -> ResponseReturnValue:
    """Lead to the first page of the administrators' menu."""
    return go(url_for("admin.work"))


@bp.get("/styring/arbeid")
@may("jobs.manage")
def work() -> ResponseReturnValue:
    """Show what waits, what has failed and why."""
    return render_template("admin/work.html", work=queries.work())


@bp.post("/styring/arbeid/<int:job_id>/forsok")
@may("jobs.manage")
@commits
def retry(job_id: int) -> ResponseReturnValue:
    """Try a job again now."""
    service.retry(viewer(), job_id)
    flash(N_("It is tried again now."))
    return go(url_for("admin.work"))


@bp.get("/styring/helse")
@may("admin.see")
def health() -> ResponseReturnValue:
    """Show what can be seen of the portal's health without asking another system."""
    return render_template("admin/health.html", health=queries.health())


@bp.get("/styring/logg")
@may("audit.read")
def audit() -> ResponseReturnValue:
    """Show who did what."""
    entries = queries.audit_entries()
    return render_template(
        "admin/audit.html",
        entries=entries,
        names=queries.names(entry.viewer_id for entry in entries),
        words=queries.words,
        thing=queries.thing,
    )
