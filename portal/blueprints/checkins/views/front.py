"""The front of the breathing space: how one is, and who can see what."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.checkins.forms.checkins import CheckInForm
from portal.blueprints.checkins.queries import wall
from portal.blueprints.checkins.rules.audiences import Audience
from portal.blueprints.checkins.rules.faces import Face
from portal.blueprints.checkins.service import checking_in
from portal.blueprints.checkins.views import wording
from portal.blueprints.checkins.views.blueprint import bp, colleagues
from portal.core.errors import Invalid
from portal.web.auth import safe_path, signed_in, viewer
from portal.web.forms import form_key
from portal.web.fragments import go
from portal.web.transactions import commits


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Ask how one is, and say who can see what."""
    form = CheckInForm(formdata=None, audience=Audience.ME, key=form_key())
    form.offer(colleagues())
    return _index(form, 200)


def _index(form: CheckInForm, status: int) -> ResponseReturnValue:
    joys = wall.latest_joys(viewer())
    return render_template("checkins/index.html", form=form, joys=joys), status


@bp.post("/innsjekk")
@signed_in
@commits
def check_in() -> ResponseReturnValue:
    """Keep how one is. From the front page a face comes alone, and is for oneself."""
    form = CheckInForm()
    form.offer(colleagues())
    if not form.validate():
        return _index(form, 422)
    try:
        checkin = checking_in.check_in(
            viewer(),
            face=Face(form.face.data),
            words=form.text("words"),
            reader_id=form.reader_id,
            key=form.key.data or None,
            accepts=form.accepts,
        )
    except Invalid as error:
        form.refuse(error)
        return _index(form, 422)
    wording.say_who_reads(checkin)
    return go(safe_path(form.back.data) if form.back.data else url_for("checkins.index"))
