"""The front of the breathing space: how one is, and who can see what."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.blueprints.checkins.forms.checkins import NAMED, CheckInForm
from portal.blueprints.checkins.queries import teams, wall
from portal.blueprints.checkins.rules.audiences import Audience
from portal.blueprints.checkins.service import nameless, saying
from portal.blueprints.checkins.service.saying import NoDiary
from portal.blueprints.checkins.views import diary_lock, wording
from portal.blueprints.checkins.views.blueprint import bp, colleagues, shared_days
from portal.core.errors import Conflict, Invalid
from portal.web.auth import safe_path, signed_in, viewer
from portal.web.forms import form_key
from portal.web.fragments import go
from portal.web.parts import part_of
from portal.web.templating import piece
from portal.web.transactions import commits


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Ask how one is, and say who can see what."""
    form = CheckInForm(formdata=None, audience=Audience.ME, key=form_key())
    return _index(form, 200)


def _index(form: CheckInForm, status: int) -> ResponseReturnValue:
    current = nameless.find_round(viewer())
    # What was chosen when there was a round is still shown, with what is said about it, when there is none any more.
    is_offered = current is not None or form.audience.data == Audience.NAMELESS
    form.offer(colleagues(), audiences=[*NAMED, Audience.NAMELESS] if is_offered else NAMED)
    context = {"form": form, "round": current, "team": teams.team_name(viewer()), "days": shared_days()}
    return render_template("checkins/index.html", joys=wall.latest_joys(viewer()), **context), status


@part_of("breathing.side", order=20)
def walls() -> Markup:
    """Lead to what is said to the team and between two; after those who help."""
    return piece("checkins/_walls.html", team=teams.team_name(viewer()))


@bp.post("/innsjekk")
@signed_in
@commits
def check_in() -> ResponseReturnValue:
    """Keep how one is. From the front page a face comes alone, and is for oneself."""
    form = CheckInForm()
    others = colleagues()
    form.offer(others, audiences=Audience)
    if not form.validate():
        return _index(form, 422)
    try:
        saying.say(viewer(), form.wish)
    except NoDiary:
        return diary_lock.begin_with(form)
    except (Conflict, Invalid) as error:
        form.refuse(error)
        return _index(form, 422)
    wording.say_who_reads(Audience(form.audience.data), form.reader_id, others)
    return go(safe_path(form.back.data) if form.back.data else url_for("checkins.index"))
