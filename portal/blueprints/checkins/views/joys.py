"""The wall of small joys."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.checkins.forms.joys import JoyForm
from portal.blueprints.checkins.queries import wall
from portal.blueprints.checkins.service import joys as service
from portal.blueprints.checkins.views.blueprint import bp, colleagues
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.auth import may, signed_in, viewer
from portal.web.forms import form_key
from portal.web.fragments import flash, go, page_or_fragment, wants_fragment
from portal.web.transactions import commits


@bp.route("/gleder", methods=["GET", "POST"])
@signed_in
@commits
def joys() -> ResponseReturnValue:
    """Show the wall of small joys, and put one up."""
    form = JoyForm(key=form_key())
    form.offer(colleagues())
    if form.validate_on_submit():
        try:
            service.post_joy(
                viewer(), text=form.text("words"), to_id=form.to.data, key=form.key.data or None, accepts=form.accepts
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("It is on the wall."))
            return go(url_for("checkins.joys"))
    cursor = request.args.get("etter")
    page = wall.joys(viewer(), cursor=cursor)
    status = 422 if form.is_submitted() else 200
    context = {"form": form, "page": page, "cursor": cursor}
    return page_or_fragment("checkins/joys.html", "checkins/_joy_wall.html", status=status, **context)


@bp.get("/gleder/siste")
@signed_in
def latest_joys() -> ResponseReturnValue:
    """Give the newest joys again when something has changed; as a page of its own it is the wall."""
    if not wants_fragment():
        return go(url_for("checkins.joys"))
    return render_template("checkins/_joys.html", joys=wall.latest_joys(viewer()))


@bp.post("/gleder/<int:joy_id>/sletting")
@signed_in
@commits
def joy_deletion(joy_id: int) -> ResponseReturnValue:
    """Take one's own joy down."""
    service.delete_joy(viewer(), joy_id)
    flash(N_("Deleted."))
    return go(url_for("checkins.joys"))


@bp.post("/gleder/<int:joy_id>/skjuling")
@may("checkins.moderate")
@commits
def joy_hiding(joy_id: int) -> ResponseReturnValue:
    """Take a joy out of sight."""
    service.hide_joy(viewer(), joy_id, hidden=True)
    return go(url_for("checkins.joys"))


@bp.post("/gleder/<int:joy_id>/framvising")
@may("checkins.moderate")
@commits
def joy_showing(joy_id: int) -> ResponseReturnValue:
    """Bring a hidden joy back."""
    service.hide_joy(viewer(), joy_id, hidden=False)
    return go(url_for("checkins.joys"))
