"""What organisers do with series."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.events.forms import FREQUENCIES, KINDS, NTHS, EndForm, SeriesForm, SizeForm, WordsForm
from portal.blueprints.events.models.evenings import Kind
from portal.blueprints.events.queries import finding, nights
from portal.blueprints.events.rules.recurrence import Frequency
from portal.blueprints.events.rules.turnout import USUAL_HOURS
from portal.blueprints.events.service import series as service
from portal.blueprints.events.service.wishes import SeriesWish, Size
from portal.blueprints.events.views import proposals, wording
from portal.blueprints.events.views.blueprint import bp
from portal.blueprints.events.views.organising import words_from
from portal.blueprints.rooms import queries as rooms
from portal.core import clock
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.core.settings import current_settings
from portal.web.auth import may, viewer
from portal.web.fragments import flash, go, page_or_fragment
from portal.web.transactions import commits


@bp.get("/seriar")
@may("events.organise")
def all_series() -> ResponseReturnValue:
    """List the series that go on."""
    return render_template("events/series.html", everything=finding.series_now(clock.today()), wording=wording)


@bp.route("/seriar/ny", methods=["GET", "POST"])
@may("events.organise")
@commits
def new_series() -> ResponseReturnValue:
    """Make a series; the next dates can be looked at first."""
    wanted = proposals.find_wanted()
    form = _new_form(proposals.shown(wanted))
    dates: list[tuple[datetime, datetime]] = []
    is_preview = request.form.get("act") == "preview"
    if form.is_submitted():
        is_valid = form.validate()
        if is_preview:
            form.title.errors = ()  # the dates can be looked at before it has a name
            is_valid = not form.errors
        if is_valid:
            try:
                if not is_preview:
                    made = service.make(viewer(), _wish(form))
                    proposals.note_made(wanted, series_id=made.id)
                    return go(url_for("events.one_series", series_id=made.id))
                dates = service.preview(_wish(form))
            except Invalid as error:
                form.refuse(error)
    status = 422 if form.errors else 200
    context = {"form": form, "dates": dates, "wanted": wanted}
    return page_or_fragment("events/new_series.html", "events/_dates.html", status=status, **context)


@bp.route("/seriar/<int:series_id>", methods=["GET", "POST"])
@may("events.organise")
@commits
def one_series(series_id: int) -> ResponseReturnValue:
    """Show a series, and write it anew."""
    series = finding.get_series(series_id)
    form = WordsForm(title=series.title, details=series.text, place=series.place)
    if form.validate_on_submit():
        try:
            service.reword(viewer(), series_id, words_from(form))
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Saved."))
            return go(url_for("events.one_series", series_id=series_id))
    context = {"form": form, "series": series, "plan": nights.plan_of(series), "wording": wording}
    weeks = current_settings().weeks_ahead
    return render_template("events/one_series.html", weeks_ahead=weeks, **context), 422 if form.is_submitted() else 200


@bp.route("/seriar/<int:series_id>/plassar", methods=["GET", "POST"])
@may("events.organise")
@commits
def series_size(series_id: int) -> ResponseReturnValue:
    """Choose how many can come to the nights of a series, and how many must."""
    series = finding.get_series(series_id)
    hours = series.decide_hours or USUAL_HOURS
    form = SizeForm(capacity=series.capacity, minimum=series.minimum, decide_hours=hours)
    if form.validate_on_submit():
        size = Size(
            capacity=form.capacity.data,
            minimum=form.minimum.data,
            decide_hours=form.decide_hours.data or USUAL_HOURS,
        )
        try:
            service.resize(viewer(), series_id, size)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Saved."))
            return go(url_for("events.one_series", series_id=series_id))
    return render_template("events/series_size.html", form=form, series=series), 422 if form.is_submitted() else 200


@bp.route("/seriar/<int:series_id>/slutt", methods=["GET", "POST"])
@may("events.organise")
@commits
def series_end(series_id: int) -> ResponseReturnValue:
    """Ask for the last day, then let the series end on it."""
    series = finding.get_series(series_id)
    form = EndForm(last_on=clock.today())
    if form.validate_on_submit():
        service.end(viewer(), series_id, last_on=form.last_on.data)
        flash(N_("The series ends then. Evenings after that day are called off."))
        return go(url_for("events.one_series", series_id=series_id))
    coming = finding.planned_of_series(series_id, after=clock.now())
    context = {"form": form, "series": series, "coming": coming}
    return render_template("events/end_series.html", **context), 422 if form.is_submitted() else 200


def _new_form(proposed: Mapping[str, Any]) -> SeriesForm:
    begins_with = {
        "kind": Kind.BOARD_GAMES,
        "frequency": Frequency.WEEKLY,
        "weekday": 2,
        "nth": 1,
        "interval": 1,
        "starts": time(17),
        "minutes": 180,
        "decide_hours": USUAL_HOURS,
        "starts_on": clock.today(),
        "needs_room": not request.form,
        **proposed,
    }
    form = SeriesForm(**begins_with)
    wording.offer(form.kind, KINDS)
    wording.offer(form.frequency, FREQUENCIES)
    wording.offer(form.nth, NTHS)
    wording.offer_rooms(form.room, rooms.rooms())
    wording.offer(form.weekday, {day: wording.weekday(day).capitalize() for day in range(7)})
    return form


def _wish(form: SeriesForm) -> SeriesWish:
    frequency = Frequency(form.frequency.data)
    return SeriesWish(
        words=words_from(form),
        kind=Kind(form.kind.data),
        frequency=frequency,
        weekday=form.weekday.data,
        nth=form.nth.data if frequency is Frequency.MONTHLY else None,
        interval=form.interval.data,
        starts_on=form.starts_on.data,
        until=form.until.data,
        count=form.count.data,
        room_id=form.room.data or None,
        starts=form.starts.data,
        minutes=form.minutes.data,
        capacity=form.capacity.data,
        needs_room=form.needs_room.data,
        seats=form.seats.data,
        minimum=form.minimum.data,
        decide_hours=form.decide_hours.data or USUAL_HOURS,
    )
