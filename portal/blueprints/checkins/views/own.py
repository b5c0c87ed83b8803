"""What one has said, what others let one read, and choosing again who reads it."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.checkins.forms.checkins import AudienceForm
from portal.blueprints.checkins.queries import confidences
from portal.blueprints.checkins.queries.confidences import Opened
from portal.blueprints.checkins.rules.audiences import Audience
from portal.blueprints.checkins.service import checking_in
from portal.blueprints.checkins.views import wording
from portal.blueprints.checkins.views.blueprint import bp, colleagues
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits


@bp.get("/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """List one's own check-ins."""
    cursor = request.args.get("etter")
    return render_template("checkins/mine.html", page=confidences.mine(viewer(), cursor=cursor), cursor=cursor)


@bp.get("/delt")
@signed_in
def shared() -> ResponseReturnValue:
    """List what colleagues let one read."""
    cursor = request.args.get("etter")
    return render_template("checkins/shared.html", page=confidences.shared_with(viewer(), cursor=cursor), cursor=cursor)


@bp.get("/innsjekk/<string(length=22):checkin_id>")
@signed_in
def one(checkin_id: str) -> ResponseReturnValue:
    """Show one check-in to one of the two who may read it."""
    checkin = confidences.opened(viewer(), checkin_id)
    audience = Audience.ONE if checkin.reader else Audience.ME
    form = AudienceForm(formdata=None, audience=audience, reader=checkin.reader.id if checkin.reader else None)
    return _one(checkin, form, 200)


def _one(checkin: Opened, form: AudienceForm, status: int) -> ResponseReturnValue:
    form.offer(colleagues() if checkin.is_mine else {})
    return render_template("checkins/one.html", checkin=checkin, form=form), status


@bp.post("/innsjekk/<string(length=22):checkin_id>/lesar")
@signed_in
@commits
def audience(checkin_id: str) -> ResponseReturnValue:
    """Choose again who may read it."""
    checkin = confidences.opened(viewer(), checkin_id)
    form = AudienceForm()
    form.offer(colleagues())
    if not form.validate():
        return _one(checkin, form, 422)
    try:
        changed = checking_in.choose_reader(viewer(), checkin_id, reader_id=form.reader_id)
    except Invalid as error:
        form.refuse(error)
        return _one(checkin, form, 422)
    wording.say_who_reads(changed)
    return go(url_for("checkins.one", checkin_id=checkin_id))


@bp.post("/innsjekk/<string(length=22):checkin_id>/sletting")
@signed_in
@commits
def deletion(checkin_id: str) -> ResponseReturnValue:
    """Delete one's own check-in."""
    checking_in.delete(viewer(), checkin_id)
    flash(N_("Deleted."))
    return go(url_for("checkins.mine"))
