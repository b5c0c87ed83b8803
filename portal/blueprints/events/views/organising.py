"""What organisers do with one evening. It appears in place; there is no other world for it."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.events.forms import KINDS, EveningForm, OneOffForm
from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.queries import finding, outlooks
from portal.blueprints.events.rules.turnout import USUAL_HOURS
from portal.blueprints.events.service import evenings
from portal.blueprints.events.service.wishes import EveningWish, Words
from portal.blueprints.events.views import proposals, wording
from portal.blueprints.events.views.blueprint import bp
from portal.core import clock
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.auth import may, viewer
from portal.web.forms import GuardedForm
from portal.web.fragments import flash, go
from portal.web.transactions import commits


@bp.route("/ny", methods=["GET", "POST"])
@may("events.organise")
@commits
def one_off() -> ResponseReturnValue:
    """Make an evening that belongs to no series, perhaps one that somebody has proposed."""
    wanted = proposals.find_wanted()
    usual = {"kind": Kind.OTHER, "minutes": 180, "needs_room": False, "decide_hours": USUAL_HOURS}
    form = OneOffForm(**{**usual, **proposals.shown(wanted)})
    wording.offer(form.kind, KINDS)
    if form.validate_on_submit():
        try:
            made = evenings.plan(viewer(), _wish(form, Kind(form.kind.data)))
        except Invalid as error:
            form.refuse(error)
        else:
            proposals.note_made(wanted, evening_id=made.id)
            return go(url_for("events.evening", evening_id=made.id))
    return render_template("events/one_off.html", form=form, wanted=wanted), 422 if form.is_submitted() else 200


@bp.route("/<int:evening_id>/endring", methods=["GET", "POST"])
@may("events.organise")
@commits
def change(evening_id: int) -> ResponseReturnValue:
    """Move, reword or resize one evening."""
    evening = finding.get_evening(evening_id)
    form = EveningForm(**_shown(evening))
    if form.validate_on_submit():
        try:
            evenings.change(viewer(), evening_id, _wish(form, Kind(evening.kind)))
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Saved. Those who come are told if the time or the place is new."))
            return go(url_for("events.evening", evening_id=evening_id))
    return render_template("events/change.html", form=form, evening=evening), 422 if form.is_submitted() else 200


@bp.route("/<int:evening_id>/avlysing", methods=["GET", "POST"])
@may("events.organise")
@commits
def cancellation(evening_id: int) -> ResponseReturnValue:
    """Ask once more, then call the evening off."""
    form = GuardedForm()
    if form.validate_on_submit():
        evenings.cancel(viewer(), evening_id)
        flash(N_("The evening is called off. Everybody who signed up is told."))
        return go(url_for("events.evening", evening_id=evening_id))
    return render_template("events/cancel.html", outlook=outlooks.outlook(viewer(), evening_id), form=form)


def words_from(form: GuardedForm) -> Words:
    """Read the words of a form."""
    return Words(title=form.text("title"), details=form.text("details"), place=form.text("place"), accepts=form.accepts)


def _wish(form: EveningForm, kind: Kind) -> EveningWish:
    starts_at = clock.at_wall(form.day.data, form.starts.data)
    return EveningWish(
        words=words_from(form),
        kind=kind,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=form.minutes.data),
        capacity=form.capacity.data,
        needs_room=form.needs_room.data,
        seats=form.seats.data,
        minimum=form.minimum.data,
        decide_hours=form.decide_hours.data or USUAL_HOURS,
    )


def _decide_hours(evening: Evening) -> int:
    if evening.decides_at is None:
        return USUAL_HOURS
    return int((evening.starts_at - evening.decides_at).total_seconds() // 3600)


def _shown(evening: Evening) -> dict[str, object]:
    starts_at = clock.wall(evening.starts_at)
    return {
        "title": evening.title,
        "details": evening.text,
        "place": evening.place,
        "day": starts_at.date(),
        "starts": starts_at.time(),
        "minutes": int((evening.ends_at - evening.starts_at).total_seconds() // 60),
        "capacity": evening.capacity,
        "needs_room": evening.needs_room,
        "seats": evening.seats,
        "minimum": evening.minimum,
        "decide_hours": _decide_hours(evening),
    }
