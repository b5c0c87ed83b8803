"""Bringing a shelf in, looked at first."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.games.forms import TakeForm, UploadForm
from portal.blueprints.games.rules import shelf
from portal.blueprints.games.service import drafts, importing
from portal.blueprints.games.service.words import FAULTS
from portal.blueprints.games.views import wording
from portal.blueprints.games.views.blueprint import bp
from portal.core.errors import Conflict
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.i18n import _
from portal.web.transactions import commits

SHOWN = 100


@bp.route("/innlesing", methods=["GET", "POST"])
@signed_in
@commits
def bringing_in() -> ResponseReturnValue:
    """Take a file and show what it would change; nothing is changed yet."""
    form = UploadForm()
    if not form.validate_on_submit():
        return render_template("games/upload.html", form=form), 422 if form.is_submitted() else 200
    sent = request.files.get("file")
    content = sent.read(shelf.MOST_BYTES + 1) if sent else b""
    if not content:
        form.file.errors = [_("Choose a file.")]
        return render_template("games/upload.html", form=form), 422
    found = importing.look(viewer(), importing.read(content))
    take = TakeForm(formdata=None, sealed=drafts.seal(viewer(), found.entries) if found.entries else "")
    code = 200 if found.entries or not found.bad else 422
    context = {"found": found, "form": take, "faults": FAULTS, "shown": SHOWN, "wording": wording}
    return render_template("games/preview.html", **context), code


@bp.post("/innlesing/gjer")
@signed_in
@commits
def taking() -> ResponseReturnValue:
    """Bring in what one has looked at."""
    form = TakeForm()
    if not form.validate_on_submit():
        raise Conflict(drafts.OLD)
    importing.carry_out(viewer(), drafts.unseal(viewer(), form.sealed.data))
    flash(N_("The games are on your shelf."))
    return go(url_for("games.index", mine=1))
