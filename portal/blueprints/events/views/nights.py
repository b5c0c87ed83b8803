"""What organisers do with single nights: leave one out of a series, or hold it after all."""

from __future__ import annotations

from datetime import date

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.events.queries import finding, nights, outlooks
from portal.blueprints.events.service import evenings
from portal.blueprints.events.service import series as service
from portal.blueprints.events.views.blueprint import bp
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.web.auth import may, viewer
from portal.web.forms import Form
from portal.web.fragments import flash, go
from portal.web.transactions import commits


@bp.route("/seriar/<int:series_id>/utan/<string(length=10):day>", methods=["GET", "POST"])
@may("events.organise")
@commits
def skipped_night(series_id: int, day: str) -> ResponseReturnValue:
    """Ask once more, then leave a night out."""
    series, form = finding.get_series(series_id), Form()
    if form.validate_on_submit():
        service.skip(viewer(), series_id, _day(day))
        flash(N_("The night is left out."))
        return go(url_for("events.one_series", series_id=series_id))
    night = nights.get_night(series, _day(day))
    return render_template("events/skip.html", series=series, night=night, form=form)


@bp.post("/seriar/<int:series_id>/likevel/<string(length=10):day>")
@may("events.organise")
@commits
def held_night(series_id: int, day: str) -> ResponseReturnValue:
    """Hold a night after all that was left out or called off."""
    service.restore(viewer(), series_id, _day(day))
    flash(N_("The night is on after all. Those who had signed up are told."))
    return go(url_for("events.one_series", series_id=series_id))


@bp.route("/<int:evening_id>/likevel", methods=["GET", "POST"])
@may("events.organise")
@commits
def restoration(evening_id: int) -> ResponseReturnValue:
    """Ask once more, then hold an evening after all that was called off."""
    form = Form()
    if form.validate_on_submit():
        evenings.restore(viewer(), evening_id)
        flash(N_("The night is on after all. Those who had signed up are told."))
        return go(url_for("events.evening", evening_id=evening_id))
    return render_template("events/restore.html", outlook=outlooks.outlook(viewer(), evening_id), form=form)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise NotFound(N_("The series has no night on that day.")) from error
