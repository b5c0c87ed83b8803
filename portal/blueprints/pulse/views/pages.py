"""The page of the pulse, and the page that explains it."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.blueprints.people import queries as people
from portal.blueprints.pulse import queries
from portal.blueprints.pulse.forms import AnnotationForm, AnswerForm
from portal.blueprints.pulse.rules import levels
from portal.blueprints.pulse.rules.levels import DESK
from portal.blueprints.pulse.views import ballots, curves
from portal.blueprints.pulse.views.blueprint import bp
from portal.core import clock
from portal.core.settings import current_settings
from portal.web.auth import signed_in, viewer

WEEKS = 12


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Show one's own slip of this week, and what was published."""
    return overview()


def overview(
    *, answering: AnswerForm | None = None, annotating: AnnotationForm | None = None, status: int = 200
) -> ResponseReturnValue:
    """Write the page; a form that must be mended comes back as it was written."""
    ballot = ballots.ballot_of(viewer())
    shown = queries.publications(WEEKS)
    marks = curves.marks_of(shown, queries.chart_annotations(since=clock.today() - timedelta(weeks=WEEKS + 1)))
    page = render_template(
        "pulse/index.html",
        ballot=ballot,
        next_opening=queries.next_opening(),
        form=answering or AnswerForm(formdata=None, note=ballot.note),
        desk=curves.curve_of(DESK, "", shown, marks),
        teams=curves.team_curves(shown, people.team_names()),
        annotations=marks,
        annotating=_annotating(annotating),
        notes=queries.published_notes(),
        may_hide=viewer().may("pulse.moderate"),
        fewest=levels.fewest(current_settings().pulse_k),
        fewest_notes=current_settings().pulse_k,
    )
    # Compressed, its length would depend on one's own words again.
    return page, status, {"Cache-Control": "no-store, no-transform"}


def _annotating(form: AnnotationForm | None) -> AnnotationForm | None:
    if not viewer().may("pulse.annotate"):
        return None
    return form or AnnotationForm(formdata=None, day=clock.today())


@bp.get("/slik")
@signed_in
def made() -> ResponseReturnValue:
    """Explain how the pulse is made, and what was tried to break it."""
    return render_template("pulse/made.html", fewest=levels.fewest(current_settings().pulse_k))
