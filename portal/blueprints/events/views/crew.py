"""Those who make an evening happen: helping, handing over, taking on."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.blueprints.events.forms import HandoverForm
from portal.blueprints.events.queries import crew, finding
from portal.blueprints.events.queries.outlooks import EveningPage
from portal.blueprints.events.service import crew as service
from portal.blueprints.events.views.blueprint import bp
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.auth import may, signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.parts import part_of
from portal.web.templating import piece
from portal.web.transactions import commits


@part_of("evening.side", order=60)
def those_who_make_it(*, page: EveningPage) -> Markup:
    """Show who organises and who helps."""
    return piece("events/_crew.html", crew=crew.crew_of(viewer(), page.evening))


@bp.post("/<int:evening_id>/hjelp")
@signed_in
@commits
def help_out(evening_id: int) -> ResponseReturnValue:
    """Help with an evening."""
    service.help_out(viewer(), evening_id)
    flash(N_("Thank you. The organiser is told that you help."))
    return _back(evening_id)


@bp.post("/<int:evening_id>/hjelp/tilbake")
@signed_in
@commits
def stop_helping(evening_id: int) -> ResponseReturnValue:
    """Take one's help back."""
    service.stop_helping(viewer(), evening_id)
    flash(N_("You do not help with this one. Nobody asks why."))
    return _back(evening_id)


@bp.route("/<int:evening_id>/overlevering", methods=["GET", "POST"])
@may("events.organise")
@commits
def handover(evening_id: int) -> ResponseReturnValue:
    """Ask another organiser to take an evening over."""
    evening = finding.get_evening(evening_id)
    form = HandoverForm()
    form.to.choices = [(person.id, person.name) for person in crew.could_take_over(evening)]
    if form.validate_on_submit():
        try:
            service.ask_to_take_over(
                viewer(), evening_id, to_id=form.to.data, whole_series=bool(form.whole_series.data)
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("The question is sent. The evening is yours until the answer is yes."))
            return _back(evening_id)
    context = {"form": form, "evening": evening}
    return render_template("events/handover.html", **context), 422 if form.is_submitted() else 200


@bp.post("/<int:evening_id>/overtaking")
@may("events.organise")
@commits
def take_over(evening_id: int) -> ResponseReturnValue:
    """Say yes to taking an evening over."""
    service.take_over(viewer(), evening_id)
    flash(N_("The evening is yours now. Thank you."))
    return _back(evening_id)


@bp.post("/<int:evening_id>/overtaking/nei")
@may("events.organise")
@commits
def no_takeover(evening_id: int) -> ResponseReturnValue:
    """Say not this time."""
    service.decline(viewer(), evening_id)
    flash(N_("That is quite all right. The one who asked is told."))
    return _back(evening_id)


@bp.post("/<int:evening_id>/overlevering/tilbake")
@may("events.organise")
@commits
def keep(evening_id: int) -> ResponseReturnValue:
    """Keep the evening after all."""
    service.keep(viewer(), evening_id)
    flash(N_("You keep the evening."))
    return _back(evening_id)


def _back(evening_id: int) -> ResponseReturnValue:
    return go(url_for("events.evening", evening_id=evening_id, _anchor="crew"))
