"""The rotas, for those who look after them."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.shifts import queries, rules
from portal.blueprints.shifts.forms import TakeForm, UploadForm
from portal.blueprints.shifts.service import drafts, importing, reading
from portal.blueprints.shifts.service.words import FAULTS
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.core.settings import current_settings
from portal.web import navigation
from portal.web.auth import may, viewer
from portal.web.fragments import flash, go
from portal.web.i18n import _
from portal.web.transactions import commits

bp_admin = Blueprint("shifts_admin", __name__, url_prefix="/styring/vaktplan")
navigation.register(
    "shifts_admin.rotas", N_("Rota"), icon="calendar", order=35, menu="admin", permission=importing.MANAGE
)
SHOWN = 100


@bp_admin.route("", methods=["GET", "POST"])
@may(importing.MANAGE)
@commits
def rotas() -> ResponseReturnValue:
    """List the rotas; a file that is sent in is looked at, and nothing is changed yet."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _rotas(form, 422 if form.is_submitted() else 200)
    sent = request.files.get("file")
    content = sent.read(rules.MOST_BYTES + 1) if sent else b""
    if not content:
        form.file.errors = [_("Choose a file.")]
        return _rotas(form, 422)
    try:
        planned = importing.plan(form.name.data, reading.read(content))
    except Invalid as error:
        form.refuse(error)
        return _rotas(form, 422)
    take = TakeForm(formdata=None, sealed="" if planned.bad else drafts.seal(viewer(), planned.wanted))
    code = 422 if planned.bad else 200
    return render_template("shifts/preview.html", plan=planned, form=take, faults=FAULTS, shown=SHOWN), code


@bp_admin.post("/innlesing")
@may(importing.MANAGE)
@commits
def taking() -> ResponseReturnValue:
    """Bring in what one has looked at."""
    form = TakeForm()
    if not form.validate_on_submit():
        raise Conflict(drafts.OLD)
    importing.carry_out(viewer(), drafts.unseal(viewer(), form.sealed.data))
    flash(N_("The rota is in."))
    return go(url_for("shifts_admin.rotas"))


@bp_admin.post("/<int:rota_id>/fjerning")
@may(importing.MANAGE)
@commits
def removal(rota_id: int) -> ResponseReturnValue:
    """Take a rota and its shifts away."""
    importing.remove(viewer(), rota_id)
    flash(N_("The rota is taken away."))
    return go(url_for("shifts_admin.rotas"))


def _rotas(form: UploadForm, code: int) -> ResponseReturnValue:
    return render_template(
        "shifts/rotas.html",
        form=form,
        rotas=queries.rotas(),
        feed=importing.FEED,
        has_address=bool(current_settings().rota_url),
        covers=queries.rota_covers_now(),
    ), code
