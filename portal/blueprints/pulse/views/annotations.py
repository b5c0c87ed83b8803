"""For organisers: words at a day of the chart, and hiding a note that points at somebody."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.pulse import service
from portal.blueprints.pulse.forms import AnnotationForm
from portal.blueprints.pulse.views import pages
from portal.blueprints.pulse.views.blueprint import bp
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.auth import may, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits


@bp.post("/merknader")
@may("pulse.annotate")
@commits
def annotation() -> ResponseReturnValue:
    """Put a few words on the chart."""
    form = AnnotationForm()
    if not form.validate():
        return pages.overview(annotating=form, status=422)
    try:
        service.annotate(viewer(), day=form.day.data, words=form.text("words"))
    except Invalid as error:
        form.refuse(error)
        return pages.overview(annotating=form, status=422)
    flash(N_("It stands on the chart."))
    return go(url_for("pulse.index"))


@bp.post("/merknader/<int:annotation_id>/sletting")
@may("pulse.annotate")
@commits
def annotation_removal(annotation_id: int) -> ResponseReturnValue:
    """Take words off the chart again."""
    service.remove_annotation(viewer(), annotation_id)
    flash(N_("It is off the chart."))
    return go(url_for("pulse.index"))


@bp.post("/notat/<string(maxlength=32):note_id>/skjuling")
@may("pulse.moderate")
@commits
def note_hiding(note_id: str) -> ResponseReturnValue:
    """Take what was said without a name out of sight."""
    service.hide_note(viewer(), note_id)
    flash(N_("It is hidden. Nobody is told."))
    return go(url_for("pulse.index"))
