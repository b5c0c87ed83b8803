"""Coming together: a group, the link that its members share, and whether one waits for the others."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.events.queries import outlooks, together
from portal.blueprints.events.service import groups
from portal.blueprints.events.views.blueprint import bp
from portal.blueprints.events.views.evenings import done
from portal.core import throttle
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits

HOUR = timedelta(hours=1)
MISSES_PER_HOUR = 30


@bp.post("/<int:evening_id>/saman")
@signed_in
@commits
def make_group(evening_id: int) -> ResponseReturnValue:
    """Make a group around oneself."""
    groups.make(viewer(), evening_id)
    flash(N_("Send the link to those you want to come with."))
    return done(evening_id)


@bp.get("/<int:evening_id>/saman/<string(length=10):code>")
@signed_in
def group(evening_id: int, code: str) -> ResponseReturnValue:
    """Show who one is asked to come along with, and one button."""
    members = together.members(_group_id(evening_id, code))
    outlook = outlooks.outlook(viewer(), evening_id)
    return render_template("events/group.html", outlook=outlook, members=members, code=code)


@bp.post("/<int:evening_id>/saman/<string(length=10):code>/med")
@signed_in
@commits
def join_group(evening_id: int, code: str) -> ResponseReturnValue:
    """Come along."""
    mine = groups.join(viewer(), evening_id, code)
    flash(N_("You come together.") if mine.is_in else N_("You are in the group, and on the waiting list."))
    return go(url_for("events.evening", evening_id=evening_id))


@bp.post("/<int:evening_id>/saman/venting")
@signed_in
@commits
def keep_together(evening_id: int) -> ResponseReturnValue:
    """Wait for the others of the group, or not any more."""
    groups.keep_together(viewer(), evening_id, keeps=request.form.get("keeps") == "1")
    flash(N_("Saved."))
    return done(evening_id)


@bp.post("/<int:evening_id>/saman/ut")
@signed_in
@commits
def leave_group(evening_id: int) -> ResponseReturnValue:
    """Come on one's own after all."""
    groups.leave(viewer(), evening_id)
    flash(N_("You are out of the group, and keep your own place."))
    return done(evening_id)


def _group_id(evening_id: int, code: str) -> int:
    try:
        return together.get_group(evening_id, code).id
    except NotFound:
        throttle.hit_here("events.group_miss", str(viewer().id), limit=MISSES_PER_HOUR, per=HOUR)
        raise
