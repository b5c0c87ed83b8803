"""My shifts, what I say of myself, and who is at work now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.blueprints.shifts import forms, queries
from portal.blueprints.shifts.forms import StandingForm
from portal.blueprints.shifts.rules import AtWork, Availability, Span, Stand
from portal.blueprints.shifts.service import standing
from portal.core import clock
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web import templating
from portal.web.auth import safe_path, signed_in, viewer
from portal.web.fragments import flash, go, piece_of
from portal.web.transactions import commits

bp = Blueprint("shifts", __name__, url_prefix="/vakt")
AHEAD = timedelta(days=14)
A_SHIFT = timedelta(hours=8)


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """A face of somebody at work, and what others may know: free, on a call, away, or no more than that."""

    person: Person
    word: str


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Show one's own shifts and standing, and who is at work."""
    return _page(StandingForm())


@bp.post("/status")
@signed_in
@commits
def status() -> ResponseReturnValue:
    """Say how one stands."""
    form = StandingForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    try:
        _say(form)
    except Invalid as error:
        form.refuse(error)
        return _page(form, 422)
    flash(N_("Your colleagues see it now."))
    return go(safe_path(form.back.data) if form.back.data else url_for("shifts.index"))


@bp.get("/no")
@signed_in
@piece_of("shifts.index")
def now() -> ResponseReturnValue:
    """Show who is at work now, as a piece of the page."""
    return render_template("shifts/_at_work.html", colleagues=_colleagues(), covers=queries.rota_covers_now())


@bp.get("/mi")
@signed_in
@piece_of("shifts.index")
def control() -> ResponseReturnValue:
    """Show one's own standing, as the piece of the account menu."""
    return render_template("shifts/_control.html", here=url_for("shifts.index"))


@bp.get("/merke")
@signed_in
@piece_of("shifts.index")
def mark() -> ResponseReturnValue:
    """Show one's own standing, as the small mark at one's face."""
    return render_template("shifts/_mark.html")


def _page(form: StandingForm, code: int = 200) -> ResponseReturnValue:
    moment = clock.now()
    frame = Span(starts_at=moment, ends_at=moment + AHEAD)
    shifts, leave = queries.duty_and_leave_of(viewer().id, frame)
    page = render_template(
        "shifts/index.html",
        form=form,
        shifts=shifts,
        leave=leave,
        stand=_own(),
        colleagues=_colleagues(),
        covers=queries.rota_covers_now(),
    )
    return page, code


def _say(form: StandingForm) -> None:
    who, until = viewer(), form.until_moment
    match form.word.data:
        case forms.AVAILABLE:
            standing.say(who, Availability.AVAILABLE)
            standing.no_longer_easy(who)
        case forms.ON_CALL:
            standing.say(who, Availability.ON_CALL, until=until)
        case forms.AWAY:
            standing.say(who, Availability.AWAY, until=until)
        case forms.EASY:
            standing.take_it_easy(who)
        case forms.NOT_EASY:
            standing.no_longer_easy(who)
        case forms.WORK:
            standing.work_until(who, until or _in_a_shift())
        case forms.OFF:
            standing.not_at_work(who)
        case _:
            standing.as_the_rota_says(who)


def _in_a_shift() -> datetime:
    return clock.now() + A_SHIFT


def _own() -> Stand:
    if "own_standing" not in g:
        g.own_standing = queries.standing_of(viewer())
    found: Stand = g.own_standing
    return found


def _colleagues() -> list[Colleague]:
    working = {each.person_id: each for each in queries.at_work()}
    return [Colleague(person=person, word=_word(working[person.id])) for person in people.people(working)]


def _word(found: AtWork) -> str:
    """Give what others may know; who takes it easy and who has no page open look the same."""
    if found.availability is not Availability.AVAILABLE:
        return found.availability
    return "free" if found.is_free else ""


def _words_of(persons: Iterable[Person]) -> Mapping[int, str]:
    ids = [person.id for person in persons]
    one = [queries.work_of(ids[0])] if len(ids) == 1 else queries.at_work()
    return {found.person_id: _word(found) for found in one if found}


templating.provide("own_standing", _own)
templating.provide("standings_of", lambda: _words_of)
