"""Mails that were refused, seen by administrators: to whom and why, never what they say."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.notifications.queries import mails as found
from portal.blueprints.notifications.service import mails as post
from portal.core.i18n import N_
from portal.web import navigation
from portal.web.auth import may, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits

bp_admin = Blueprint("notifications_admin", __name__, url_prefix="/styring/post")
navigation.register(
    "notifications_admin.mails", N_("Mail"), icon="mail", order=60, menu="admin", permission="jobs.manage"
)


@bp_admin.get("/")
@may("jobs.manage")
def mails() -> ResponseReturnValue:
    """List the mails that were refused."""
    return render_template("notifications/mails.html", mails=found.troubled_mails(), waiting=found.waiting_count())


@bp_admin.post("/<int:mail_id>/omatt")
@may("jobs.manage")
@commits
def another_try(mail_id: int) -> ResponseReturnValue:
    """Send a refused mail once more."""
    post.try_again(viewer(), mail_id)
    flash(N_("It is on its way once more."))
    return go(url_for("notifications_admin.mails"))
